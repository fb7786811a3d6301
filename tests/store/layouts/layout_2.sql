BEGIN TRANSACTION;
CREATE TABLE attached_photo (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	quantity TEXT NOT NULL, 
	caption TEXT NOT NULL, 
	contains_person BOOLEAN NOT NULL, 
	CONSTRAINT pk_attached_photo PRIMARY KEY (fid), 
	CONSTRAINT uq_attached_photo_survey_id_name UNIQUE (survey_id, name), 
	CONSTRAINT fk_attached_photo_survey_id FOREIGN KEY(survey_id) REFERENCES survey (survey_id), 
	CONSTRAINT fk_attached_photo_sha256 FOREIGN KEY(sha256) REFERENCES photo (sha256)
);
CREATE TABLE awaited_photo (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_awaited_photo PRIMARY KEY (fid), 
	CONSTRAINT uq_awaited_photo_survey_id_name UNIQUE (survey_id, name), 
	CONSTRAINT fk_awaited_photo_survey_id FOREIGN KEY(survey_id) REFERENCES survey (survey_id)
);
CREATE TABLE calibration (
	fid INTEGER NOT NULL, 
	device_code TEXT NOT NULL, 
	instrument_id TEXT NOT NULL, 
	uncertainty DOUBLE NOT NULL, 
	calibrated_on DATE NOT NULL, 
	valid_until DATE NOT NULL, 
	note TEXT NOT NULL, 
	recorded_by TEXT NOT NULL, 
	recorded_at DATETIME NOT NULL, 
	CONSTRAINT pk_calibration PRIMARY KEY (fid)
);
INSERT INTO "calibration" VALUES(1,'L-1','digital_level',0.1,'2026-01-01','2026-12-31','','eng','2026-01-01T00:00:00.000Z');
CREATE TABLE design (
	fid INTEGER NOT NULL, 
	design_id TEXT NOT NULL, 
	site_code TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	title TEXT NOT NULL, 
	content TEXT NOT NULL, 
	saved_by TEXT NOT NULL, 
	saved_at DATETIME NOT NULL, 
	supersedes TEXT, 
	CONSTRAINT pk_design PRIMARY KEY (fid), 
	CONSTRAINT uq_design_design_id UNIQUE (design_id), 
	CONSTRAINT fk_design_site_code FOREIGN KEY(site_code) REFERENCES site (code), 
	CONSTRAINT uq_design_supersedes UNIQUE (supersedes), 
	CONSTRAINT fk_design_supersedes FOREIGN KEY(supersedes) REFERENCES design (design_id)
);
INSERT INTO "design" VALUES(1,'KK-001.design.1','KK-001','','ทางลาด','{"a":1}','eng','2026-01-01T00:00:00.000Z',NULL);
CREATE TABLE element (
	fid INTEGER NOT NULL, 
	element_id TEXT NOT NULL, 
	site_code TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	label TEXT NOT NULL, 
	permitted_on DATE, 
	source TEXT NOT NULL, 
	retired BOOLEAN DEFAULT 0 NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_by TEXT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_element PRIMARY KEY (fid), 
	CONSTRAINT ck_element_source CHECK (source IN ('register', 'survey', 'import')), 
	CONSTRAINT uq_element_element_id UNIQUE (element_id), 
	CONSTRAINT fk_element_site_code FOREIGN KEY(site_code) REFERENCES site (code)
);
INSERT INTO "element" VALUES(1,'KK-001.ramp.1','KK-001','ramp','หน้าอาคาร','2010-05-01','register',0,1,'admin','2026-01-01T00:00:00.000Z');
INSERT INTO "element" VALUES(2,'SP-001.path.1','SP-001','path','',NULL,'register',0,1,'admin','2026-01-01T00:00:00.000Z');
CREATE TABLE element_history (
	history_fid INTEGER NOT NULL, 
	fid INTEGER, 
	element_id TEXT, 
	site_code TEXT, 
	kind TEXT, 
	label TEXT, 
	permitted_on DATE, 
	source TEXT, 
	retired BOOLEAN, 
	version INTEGER, 
	updated_by TEXT, 
	updated_at DATETIME, 
	CONSTRAINT pk_element_history PRIMARY KEY (history_fid)
);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
INSERT INTO "gpkg_contents" VALUES('calibration','attributes','calibration','','2026-11-23T00:31:27.406Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('element_history','attributes','element_history','','2026-11-23T00:31:27.406Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('import_batch','attributes','import_batch','','2026-11-23T00:31:27.406Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('ledger','attributes','ledger','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('migration','attributes','migration','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('photo','attributes','photo','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('site','features','site','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,4326);
INSERT INTO "gpkg_contents" VALUES('site_history','features','site_history','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,4326);
INSERT INTO "gpkg_contents" VALUES('technician','attributes','technician','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('workspace','attributes','workspace','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('design','attributes','design','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('element','attributes','element','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('held_row','attributes','held_row','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('photo_mark','attributes','photo_mark','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('photo_source','attributes','photo_source','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('settlement','attributes','settlement','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('survey','features','survey','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,4326);
INSERT INTO "gpkg_contents" VALUES('attached_photo','attributes','attached_photo','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('awaited_photo','attributes','awaited_photo','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('measurement','attributes','measurement','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('review','attributes','review','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('survey_element','attributes','survey_element','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('survey_photo','attributes','survey_photo','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "gpkg_contents" VALUES('site_latest','features','site_latest','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,4326);
INSERT INTO "gpkg_contents" VALUES('layer_styles','attributes','layer_styles','','2026-11-23T00:31:27.407Z',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
INSERT INTO "gpkg_geometry_columns" VALUES('site','geom','POINT',4326,0,0);
INSERT INTO "gpkg_geometry_columns" VALUES('site_history','geom','POINT',4326,0,0);
INSERT INTO "gpkg_geometry_columns" VALUES('survey','geom','POINT',4326,0,0);
INSERT INTO "gpkg_geometry_columns" VALUES('site_latest','geom','POINT',4326,0,0);
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO "gpkg_spatial_ref_sys" VALUES('Undefined cartesian SRS',-1,'NONE',-1,'undefined',NULL);
INSERT INTO "gpkg_spatial_ref_sys" VALUES('Undefined geographic SRS',0,'NONE',0,'undefined',NULL);
INSERT INTO "gpkg_spatial_ref_sys" VALUES('WGS 84 geodetic',4326,'EPSG',4326,'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]',NULL);
CREATE TABLE held_row (
	fid INTEGER NOT NULL, 
	batch_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	raw TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	CONSTRAINT pk_held_row PRIMARY KEY (fid), 
	CONSTRAINT uq_held_row_batch_id_line UNIQUE (batch_id, line), 
	CONSTRAINT fk_held_row_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (fid)
);
INSERT INTO "held_row" VALUES(1,1,2,'{"a": 1}','["why"]');
CREATE TABLE import_batch (
	fid INTEGER NOT NULL, 
	file_sha256 TEXT NOT NULL, 
	file_name TEXT NOT NULL, 
	accepted_count INTEGER NOT NULL, 
	held_by TEXT NOT NULL, 
	held_at DATETIME NOT NULL, 
	CONSTRAINT pk_import_batch PRIMARY KEY (fid), 
	CONSTRAINT uq_import_batch_file_sha256 UNIQUE (file_sha256)
);
INSERT INTO "import_batch" VALUES(1,'abababababababababababababababababababababababababababababababab','f.csv',3,'a','2026-01-01T00:00:00.000Z');
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
INSERT INTO "layer_styles" VALUES(1,'','','site_latest','geom','surveyed','<!DOCTYPE qgis><qgis version="3.22"><renderer-v2 type="RuleRenderer" symbollevels="0"><rules><rule filter="survey_id IS NOT NULL" label="surveyed / สำรวจแล้ว" symbol="0"/><rule filter="survey_id IS NULL" label="not surveyed / ยังไม่สำรวจ" symbol="1"/></rules><symbols><symbol type="marker" name="0"><layer class="SimpleMarker" enabled="1" pass="0" locked="0"><prop k="name" v="circle"/><prop k="color" v="0,90,156,255"/><prop k="outline_color" v="0,0,0,255"/><prop k="size" v="3"/></layer></symbol><symbol type="marker" name="1"><layer class="SimpleMarker" enabled="1" pass="0" locked="0"><prop k="name" v="diamond"/><prop k="color" v="255,255,255,255"/><prop k="outline_color" v="0,0,0,255"/><prop k="size" v="3"/></layer></symbol></symbols></renderer-v2></qgis>',NULL,1,NULL,NULL,NULL,'2026-11-23T00:31:27.407Z');
CREATE TABLE ledger (
	sequence INTEGER NOT NULL, 
	happened_at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	entity_id TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_ledger PRIMARY KEY (sequence), 
	CONSTRAINT uq_ledger_digest UNIQUE (digest)
);
INSERT INTO "ledger" VALUES(1,'2026-01-01T00:00:00.000Z','admin','register.add','register','','{"elements":{"KK-001.ramp.1":"735e03514853790b54357df46c72e99eebe6f827b6817d4892e91f7967226199","SP-001.path.1":"882079002830a5ecd5964f74c6ea44d9ef41e12bbf463bab1f46cdb1bd6c486b"},"reason":"starter register","sites":{"KK-001":"99f30cedce9978948cfbb4979fb0816e71cbc12b72175e5c1e8a9fdb9b034da9","SP-001":"161bac56ec0aa3188e6e30febd5d0a5f73afda6221612dd8abbc7860451795a9"}}','0000000000000000000000000000000000000000000000000000000000000000','0d2445741b8e4190ee720079e6ae71c39441193977a5861f188f8dee43633bb8');
INSERT INTO "ledger" VALUES(2,'2026-01-01T00:00:00.000Z','a','photo.keep','photo','05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec','{"height":30,"latitude":null,"longitude":null,"sha256":"05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec","taken_at":null,"width":40}','0d2445741b8e4190ee720079e6ae71c39441193977a5861f188f8dee43633bb8','cd9d549d297f46b31149921a0b85306a8e26e05668e005c5cd0f6496f0cb9985');
INSERT INTO "ledger" VALUES(3,'2026-01-01T00:00:00.000Z','a','photo.source','photo_source','77dc390745b57a6ea558fd420c403450a2b1dc45b2976762f1652c28f2f5cf8d','{"sent_sha256":"77dc390745b57a6ea558fd420c403450a2b1dc45b2976762f1652c28f2f5cf8d","sha256":"05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec"}','cd9d549d297f46b31149921a0b85306a8e26e05668e005c5cd0f6496f0cb9985','ce30ffe54fc9c855047a01758347c572b51dfc40a1be80d7693f4cb50ce041d8');
INSERT INTO "ledger" VALUES(4,'2026-01-01T00:00:00.000Z','a','survey.submit','survey','uuid:11111111-1111-4111-8111-111111111111','{"accuracy_m":null,"elements":[{"element_id":"KK-001.ramp.1","kind":"ramp","label":""}],"form_version":"v1","latitude":null,"longitude":null,"measurements":[{"as_written":"8%","element_id":"KK-001.ramp.1","instrument":"digital_level","not_measured_because":"","photo_sha256":"05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec","quantity":"running_slope_pct","reading":1,"uncertainty":0.2,"value":8.0},{"as_written":"","element_id":"KK-001.ramp.1","instrument":"","not_measured_because":"blocked","photo_sha256":"","quantity":"clear_width_mm","reading":1,"uncertainty":0.0,"value":null}],"note":"","observed_at":"2026-01-02T03:04:00.000+00:00","photos":[{"caption":"a","element_id":"KK-001.ramp.1","sha256":"05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec"}],"site_code":"KK-001","source":"web","status":"final","supersedes":"","survey_id":"uuid:11111111-1111-4111-8111-111111111111","surveyor":"ช่างหนึ่ง"}','ce30ffe54fc9c855047a01758347c572b51dfc40a1be80d7693f4cb50ce041d8','e134080cf3fe640209c3c303cc99813b170c8a472596f1a3aca938b8a3edde38');
INSERT INTO "ledger" VALUES(5,'2026-01-01T00:00:00.000Z','a','import.hold','import_batch','1','{"accepted_count":3,"file_name":"f.csv","file_sha256":"abababababababababababababababababababababababababababababababab","lines":{"2":"a515ebb735d44afedaf9d38af1a545d076f68692c58082190642393ce7949601"}}','e134080cf3fe640209c3c303cc99813b170c8a472596f1a3aca938b8a3edde38','f96d365fe70fd18096836e8d290d5e36b3f898ae79d4db5fb507f8dba09499cf');
INSERT INTO "ledger" VALUES(6,'2026-01-01T00:00:00.000Z','eng','photo.mark','photo_mark','05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec','{"blurred_sha256":null,"mark":"clear","marked_at":"2026-01-01T00:00:00.000+00:00","marked_by":"eng","sha256":"05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec"}','f96d365fe70fd18096836e8d290d5e36b3f898ae79d4db5fb507f8dba09499cf','ebaacbfae3fb9f2e53392263d999819538bb73238f3926b28eef656eaf0c4239');
INSERT INTO "ledger" VALUES(7,'2026-01-01T00:00:00.000Z','eng','survey.review','review','uuid:11111111-1111-4111-8111-111111111111','{"answer_notes":"{}","decided_at":"2026-01-01T00:00:00.000+00:00","decided_by":"eng","decision":"approved","note":"","survey_id":"uuid:11111111-1111-4111-8111-111111111111"}','ebaacbfae3fb9f2e53392263d999819538bb73238f3926b28eef656eaf0c4239','da537e6c9c0a7a5e5309b8803cf54221ff1e20a89cde54fe45cb435203560dbc');
INSERT INTO "ledger" VALUES(8,'2026-01-01T00:00:00.000Z','eng','technician.secret','technician','somying','{"name":"somying","secret_hash":"76869b897986e1ca239466cb0b34ea297859843149de61488b63a72c3ee0972d","set_at":"2026-01-01T00:00:00.000+00:00","set_by":"eng"}','da537e6c9c0a7a5e5309b8803cf54221ff1e20a89cde54fe45cb435203560dbc','02abba1a3796271f7ac9db2e844be4d3de527b4d5b86fef85509855719ecbfa0');
INSERT INTO "ledger" VALUES(9,'2026-01-01T00:00:00.000Z','eng','device.calibrate','calibration','L-1','{"calibrated_on":"2026-01-01","device_code":"L-1","instrument_id":"digital_level","note":"","recorded_at":"2026-01-01T00:00:00.000+00:00","recorded_by":"eng","uncertainty":0.1,"valid_until":"2026-12-31"}','02abba1a3796271f7ac9db2e844be4d3de527b4d5b86fef85509855719ecbfa0','8fb0678e53587eabe96afaba27885bcb606cb1b6a3e515d49d2aea56debb6b84');
INSERT INTO "ledger" VALUES(10,'2026-01-01T00:00:00.000Z','eng','design.save','design','KK-001.design.1','{"content":"{\"a\":1}","design_id":"KK-001.design.1","element_id":"","saved_at":"2026-01-01T00:00:00.000+00:00","saved_by":"eng","site_code":"KK-001","supersedes":null,"title":"ทางลาด"}','8fb0678e53587eabe96afaba27885bcb606cb1b6a3e515d49d2aea56debb6b84','c5ce704ea601695cd77012bd0366c5b2538ecb2a339a9f1ef30fa26c860044b0');
CREATE TABLE measurement (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	quantity TEXT NOT NULL, 
	value DOUBLE, 
	as_written TEXT NOT NULL, 
	instrument TEXT NOT NULL, 
	uncertainty DOUBLE NOT NULL, 
	reading INTEGER NOT NULL, 
	not_measured_because TEXT NOT NULL, 
	photo_sha256 TEXT, 
	CONSTRAINT pk_measurement PRIMARY KEY (fid), 
	CONSTRAINT uq_measurement_survey_id_element_id_quantity_reading UNIQUE (survey_id, element_id, quantity, reading), 
	CONSTRAINT ck_measurement_reason CHECK ((value IS NULL) = (not_measured_because <> '')), 
	CONSTRAINT fk_measurement_survey_id FOREIGN KEY(survey_id) REFERENCES survey (survey_id), 
	CONSTRAINT fk_measurement_element_id FOREIGN KEY(element_id) REFERENCES element (element_id), 
	CONSTRAINT fk_measurement_photo_sha256 FOREIGN KEY(photo_sha256) REFERENCES photo (sha256)
);
INSERT INTO "measurement" VALUES(1,'uuid:11111111-1111-4111-8111-111111111111','KK-001.ramp.1','running_slope_pct',8.0,'8%','digital_level',0.2,1,'','05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec');
INSERT INTO "measurement" VALUES(2,'uuid:11111111-1111-4111-8111-111111111111','KK-001.ramp.1','clear_width_mm',NULL,'','',0.0,1,'blocked',NULL);
CREATE TABLE migration (
	number INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	applied_at DATETIME NOT NULL, 
	CONSTRAINT pk_migration PRIMARY KEY (number)
);
INSERT INTO "migration" VALUES(1,'m001_initial','2026-11-23T00:31:27.258Z');
INSERT INTO "migration" VALUES(2,'m002_review_and_field','2026-11-23T00:31:27.258Z');
CREATE TABLE photo (
	fid INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	bytes INTEGER NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	latitude DOUBLE, 
	longitude DOUBLE, 
	taken_at DATETIME, 
	kept_by TEXT NOT NULL, 
	kept_at DATETIME NOT NULL, 
	CONSTRAINT pk_photo PRIMARY KEY (fid), 
	CONSTRAINT uq_photo_sha256 UNIQUE (sha256)
);
INSERT INTO "photo" VALUES(1,'05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec',295,40,30,NULL,NULL,NULL,'a','2026-01-01T00:00:00.000Z');
CREATE TABLE photo_mark (
	fid INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	mark TEXT NOT NULL, 
	blurred_sha256 TEXT, 
	marked_by TEXT NOT NULL, 
	marked_at DATETIME NOT NULL, 
	CONSTRAINT pk_photo_mark PRIMARY KEY (fid), 
	CONSTRAINT ck_photo_mark_mark CHECK (mark IN ('person', 'clear', 'blurred')), 
	CONSTRAINT ck_photo_mark_blurred CHECK ((mark = 'blurred') = (blurred_sha256 IS NOT NULL)), 
	CONSTRAINT fk_photo_mark_sha256 FOREIGN KEY(sha256) REFERENCES photo (sha256), 
	CONSTRAINT fk_photo_mark_blurred_sha256 FOREIGN KEY(blurred_sha256) REFERENCES photo (sha256)
);
INSERT INTO "photo_mark" VALUES(1,'05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec','clear',NULL,'eng','2026-01-01T00:00:00.000Z');
CREATE TABLE photo_source (
	fid INTEGER NOT NULL, 
	sent_sha256 TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_photo_source PRIMARY KEY (fid), 
	CONSTRAINT uq_photo_source_sent_sha256 UNIQUE (sent_sha256), 
	CONSTRAINT fk_photo_source_sha256 FOREIGN KEY(sha256) REFERENCES photo (sha256)
);
INSERT INTO "photo_source" VALUES(1,'77dc390745b57a6ea558fd420c403450a2b1dc45b2976762f1652c28f2f5cf8d','05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec');
CREATE TABLE review (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	decision TEXT NOT NULL, 
	note TEXT NOT NULL, 
	answer_notes TEXT NOT NULL, 
	decided_by TEXT NOT NULL, 
	decided_at DATETIME NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (fid), 
	CONSTRAINT ck_review_decision CHECK (decision IN ('approved', 'returned')), 
	CONSTRAINT fk_review_survey_id FOREIGN KEY(survey_id) REFERENCES survey (survey_id)
);
INSERT INTO "review" VALUES(1,'uuid:11111111-1111-4111-8111-111111111111','approved','','{}','eng','2026-01-01T00:00:00.000Z');
CREATE TABLE settlement (
	fid INTEGER NOT NULL, 
	batch_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	decision TEXT NOT NULL, 
	note TEXT NOT NULL, 
	settled_by TEXT NOT NULL, 
	settled_at DATETIME NOT NULL, 
	CONSTRAINT pk_settlement PRIMARY KEY (fid), 
	CONSTRAINT ck_settlement_decision CHECK (decision IN ('taken_in', 'dismissed')), 
	CONSTRAINT uq_settlement_batch_id_line UNIQUE (batch_id, line), 
	CONSTRAINT fk_settlement_batch_id FOREIGN KEY(batch_id) REFERENCES import_batch (fid)
);
CREATE TABLE site (
	fid INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	name_th TEXT NOT NULL, 
	name_en TEXT NOT NULL, 
	category TEXT NOT NULL, 
	setting TEXT NOT NULL, 
	street_th TEXT NOT NULL, 
	street_en TEXT NOT NULL, 
	zone INTEGER, 
	zone_basis TEXT NOT NULL, 
	position_status TEXT NOT NULL, 
	position_accuracy_m DOUBLE, 
	position_source TEXT NOT NULL, 
	position_note TEXT NOT NULL, 
	geom POINT, 
	retired BOOLEAN DEFAULT 0 NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	updated_by TEXT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_site PRIMARY KEY (fid), 
	CONSTRAINT ck_site_kind CHECK (kind IN ('ramp', 'space')), 
	CONSTRAINT uq_site_code UNIQUE (code)
);
INSERT INTO "site" VALUES(1,'KK-001','ramp','สำนักงานเทศบาล','Municipal office','government','building','ถนนประชาสำราญ','Pracha Samran Rd',1,'named','named',30.0,'','',X'47500001E610000001010000000C022B8716B55940F5F3A622156E3040',0,1,'admin','2026-01-01T00:00:00.000Z');
INSERT INTO "site" VALUES(2,'SP-001','space','สวนสาธารณะ','Public park','park','park','','',NULL,'','presumed',NULL,'','',NULL,0,1,'admin','2026-01-01T00:00:00.000Z');
CREATE TABLE site_history (
	history_fid INTEGER NOT NULL, 
	fid INTEGER, 
	code TEXT, 
	kind TEXT, 
	name_th TEXT, 
	name_en TEXT, 
	category TEXT, 
	setting TEXT, 
	street_th TEXT, 
	street_en TEXT, 
	zone INTEGER, 
	zone_basis TEXT, 
	position_status TEXT, 
	position_accuracy_m DOUBLE, 
	position_source TEXT, 
	position_note TEXT, 
	geom POINT, 
	retired BOOLEAN, 
	version INTEGER, 
	updated_by TEXT, 
	updated_at DATETIME, 
	CONSTRAINT pk_site_history PRIMARY KEY (history_fid)
);
CREATE TABLE survey (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	receipt_number INTEGER NOT NULL, 
	site_code TEXT NOT NULL, 
	surveyor TEXT NOT NULL, 
	observed_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	source TEXT NOT NULL, 
	form_version TEXT NOT NULL, 
	status TEXT NOT NULL, 
	supersedes TEXT, 
	accuracy_m DOUBLE, 
	note TEXT NOT NULL, 
	geom POINT, 
	content_sha256 TEXT NOT NULL, 
	root_id TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_survey PRIMARY KEY (fid), 
	CONSTRAINT ck_survey_status CHECK (status IN ('final', 'void')), 
	CONSTRAINT uq_survey_survey_id UNIQUE (survey_id), 
	CONSTRAINT uq_survey_receipt_number UNIQUE (receipt_number), 
	CONSTRAINT fk_survey_site_code FOREIGN KEY(site_code) REFERENCES site (code), 
	CONSTRAINT uq_survey_supersedes UNIQUE (supersedes), 
	CONSTRAINT fk_survey_supersedes FOREIGN KEY(supersedes) REFERENCES survey (survey_id)
);
INSERT INTO "survey" VALUES(1,'uuid:11111111-1111-4111-8111-111111111111',1,'KK-001','ช่างหนึ่ง','2026-01-02T03:04:00.000Z','2026-01-01T00:00:00.000Z','web','v1','final',NULL,NULL,'',NULL,'b4aa4732a313d99330e93a3804ff93d25876257f0273795cd12879506f64c289','');
CREATE TABLE survey_element (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	label TEXT NOT NULL, 
	CONSTRAINT pk_survey_element PRIMARY KEY (fid), 
	CONSTRAINT uq_survey_element_survey_id_element_id UNIQUE (survey_id, element_id), 
	CONSTRAINT fk_survey_element_survey_id FOREIGN KEY(survey_id) REFERENCES survey (survey_id), 
	CONSTRAINT fk_survey_element_element_id FOREIGN KEY(element_id) REFERENCES element (element_id)
);
INSERT INTO "survey_element" VALUES(1,'uuid:11111111-1111-4111-8111-111111111111','KK-001.ramp.1','ramp','');
CREATE TABLE survey_photo (
	fid INTEGER NOT NULL, 
	survey_id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	element_id TEXT NOT NULL, 
	caption TEXT NOT NULL, 
	quantity TEXT DEFAULT '' NOT NULL, 
	contains_person BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_survey_photo PRIMARY KEY (fid), 
	CONSTRAINT fk_survey_photo_survey_id FOREIGN KEY(survey_id) REFERENCES survey (survey_id), 
	CONSTRAINT fk_survey_photo_sha256 FOREIGN KEY(sha256) REFERENCES photo (sha256)
);
INSERT INTO "survey_photo" VALUES(1,'uuid:11111111-1111-4111-8111-111111111111','05d11ec735bc1a02f9c909295b6f5e00dc76d09ce2ea4b0993c890a31f15e4ec','KK-001.ramp.1','a','',0);
CREATE TABLE technician (
	fid INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	secret_hash TEXT NOT NULL, 
	set_by TEXT NOT NULL, 
	set_at DATETIME NOT NULL, 
	CONSTRAINT pk_technician PRIMARY KEY (fid)
);
INSERT INTO "technician" VALUES(1,'somying','$argon2id$v=19$m=65536,t=3,p=4$GUKlu9R4tx2ZOUfqX2FLPg$xDF7k5h7mO6fbABMHdKj1XesdDlHXTXJHXf9u6lgdQk','eng','2026-01-01T00:00:00.000Z');
CREATE TABLE workspace (
	fid INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_workspace PRIMARY KEY (fid), 
	CONSTRAINT uq_workspace_key UNIQUE ("key")
);
INSERT INTO "workspace" VALUES(1,'kind','real');
INSERT INTO "workspace" VALUES(2,'created_at','2026-11-23T00:31:27.258000+00:00');
CREATE INDEX ix_calibration_device_code ON calibration (device_code);
CREATE INDEX ix_technician_name ON technician (name);
CREATE INDEX ix_ledger_action ON ledger (action);
CREATE INDEX ix_element_site_code ON element (site_code);
CREATE INDEX ix_survey_site_code_observed_at ON survey (site_code, observed_at);
CREATE INDEX ix_survey_root_id ON survey (root_id);
CREATE INDEX ix_photo_mark_sha256 ON photo_mark (sha256);
CREATE INDEX ix_design_site_code ON design (site_code);
CREATE INDEX ix_survey_photo_survey_id ON survey_photo (survey_id);
CREATE INDEX ix_review_survey_id ON review (survey_id);
CREATE VIEW site_latest AS
SELECT site.fid AS OGC_FID, site.code, site.kind, site.name_th, site.name_en, site.category, site.setting, site.zone,
       site.position_status, site.retired, latest.survey_id, latest.receipt_number, latest.surveyor,
       latest.observed_at, site.geom
FROM site LEFT JOIN survey AS latest ON latest.fid = (
  SELECT visit.fid FROM survey AS visit
  WHERE visit.site_code = site.code AND visit.status = 'final'
    AND NOT EXISTS (SELECT 1 FROM survey AS newer WHERE newer.supersedes = visit.survey_id)
  ORDER BY visit.observed_at DESC, visit.fid DESC LIMIT 1);
CREATE TRIGGER survey_no_update BEFORE UPDATE ON survey BEGIN SELECT RAISE(ABORT, 'survey only grows'); END;
CREATE TRIGGER survey_no_delete BEFORE DELETE ON survey BEGIN SELECT RAISE(ABORT, 'survey only grows'); END;
CREATE TRIGGER survey_no_replace BEFORE INSERT ON survey BEGIN SELECT RAISE(ABORT, 'survey has such a row already') WHERE EXISTS (SELECT 1 FROM survey WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM survey WHERE receipt_number = NEW.receipt_number) OR EXISTS (SELECT 1 FROM survey WHERE supersedes = NEW.supersedes) OR EXISTS (SELECT 1 FROM survey WHERE survey_id = NEW.survey_id); END;
CREATE TRIGGER survey_element_no_update BEFORE UPDATE ON survey_element BEGIN SELECT RAISE(ABORT, 'survey_element only grows'); END;
CREATE TRIGGER survey_element_no_delete BEFORE DELETE ON survey_element BEGIN SELECT RAISE(ABORT, 'survey_element only grows'); END;
CREATE TRIGGER survey_element_no_replace BEFORE INSERT ON survey_element BEGIN SELECT RAISE(ABORT, 'survey_element has such a row already') WHERE EXISTS (SELECT 1 FROM survey_element WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM survey_element WHERE survey_id = NEW.survey_id AND element_id = NEW.element_id); END;
CREATE TRIGGER measurement_no_update BEFORE UPDATE ON measurement BEGIN SELECT RAISE(ABORT, 'measurement only grows'); END;
CREATE TRIGGER measurement_no_delete BEFORE DELETE ON measurement BEGIN SELECT RAISE(ABORT, 'measurement only grows'); END;
CREATE TRIGGER measurement_no_replace BEFORE INSERT ON measurement BEGIN SELECT RAISE(ABORT, 'measurement has such a row already') WHERE EXISTS (SELECT 1 FROM measurement WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM measurement WHERE survey_id = NEW.survey_id AND element_id = NEW.element_id AND quantity = NEW.quantity AND reading = NEW.reading); END;
CREATE TRIGGER photo_no_update BEFORE UPDATE ON photo BEGIN SELECT RAISE(ABORT, 'photo only grows'); END;
CREATE TRIGGER photo_no_delete BEFORE DELETE ON photo BEGIN SELECT RAISE(ABORT, 'photo only grows'); END;
CREATE TRIGGER photo_no_replace BEFORE INSERT ON photo BEGIN SELECT RAISE(ABORT, 'photo has such a row already') WHERE EXISTS (SELECT 1 FROM photo WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM photo WHERE sha256 = NEW.sha256); END;
CREATE TRIGGER survey_photo_no_update BEFORE UPDATE ON survey_photo BEGIN SELECT RAISE(ABORT, 'survey_photo only grows'); END;
CREATE TRIGGER survey_photo_no_delete BEFORE DELETE ON survey_photo BEGIN SELECT RAISE(ABORT, 'survey_photo only grows'); END;
CREATE TRIGGER survey_photo_no_replace BEFORE INSERT ON survey_photo BEGIN SELECT RAISE(ABORT, 'survey_photo has such a row already') WHERE EXISTS (SELECT 1 FROM survey_photo WHERE fid = NEW.fid); END;
CREATE TRIGGER import_batch_no_update BEFORE UPDATE ON import_batch BEGIN SELECT RAISE(ABORT, 'import_batch only grows'); END;
CREATE TRIGGER import_batch_no_delete BEFORE DELETE ON import_batch BEGIN SELECT RAISE(ABORT, 'import_batch only grows'); END;
CREATE TRIGGER import_batch_no_replace BEFORE INSERT ON import_batch BEGIN SELECT RAISE(ABORT, 'import_batch has such a row already') WHERE EXISTS (SELECT 1 FROM import_batch WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM import_batch WHERE file_sha256 = NEW.file_sha256); END;
CREATE TRIGGER held_row_no_update BEFORE UPDATE ON held_row BEGIN SELECT RAISE(ABORT, 'held_row only grows'); END;
CREATE TRIGGER held_row_no_delete BEFORE DELETE ON held_row BEGIN SELECT RAISE(ABORT, 'held_row only grows'); END;
CREATE TRIGGER held_row_no_replace BEFORE INSERT ON held_row BEGIN SELECT RAISE(ABORT, 'held_row has such a row already') WHERE EXISTS (SELECT 1 FROM held_row WHERE batch_id = NEW.batch_id AND line = NEW.line) OR EXISTS (SELECT 1 FROM held_row WHERE fid = NEW.fid); END;
CREATE TRIGGER attached_photo_no_update BEFORE UPDATE ON attached_photo BEGIN SELECT RAISE(ABORT, 'attached_photo only grows'); END;
CREATE TRIGGER attached_photo_no_delete BEFORE DELETE ON attached_photo BEGIN SELECT RAISE(ABORT, 'attached_photo only grows'); END;
CREATE TRIGGER attached_photo_no_replace BEFORE INSERT ON attached_photo BEGIN SELECT RAISE(ABORT, 'attached_photo has such a row already') WHERE EXISTS (SELECT 1 FROM attached_photo WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM attached_photo WHERE survey_id = NEW.survey_id AND name = NEW.name); END;
CREATE TRIGGER awaited_photo_no_update BEFORE UPDATE ON awaited_photo BEGIN SELECT RAISE(ABORT, 'awaited_photo only grows'); END;
CREATE TRIGGER awaited_photo_no_delete BEFORE DELETE ON awaited_photo BEGIN SELECT RAISE(ABORT, 'awaited_photo only grows'); END;
CREATE TRIGGER awaited_photo_no_replace BEFORE INSERT ON awaited_photo BEGIN SELECT RAISE(ABORT, 'awaited_photo has such a row already') WHERE EXISTS (SELECT 1 FROM awaited_photo WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM awaited_photo WHERE survey_id = NEW.survey_id AND name = NEW.name); END;
CREATE TRIGGER photo_source_no_update BEFORE UPDATE ON photo_source BEGIN SELECT RAISE(ABORT, 'photo_source only grows'); END;
CREATE TRIGGER photo_source_no_delete BEFORE DELETE ON photo_source BEGIN SELECT RAISE(ABORT, 'photo_source only grows'); END;
CREATE TRIGGER photo_source_no_replace BEFORE INSERT ON photo_source BEGIN SELECT RAISE(ABORT, 'photo_source has such a row already') WHERE EXISTS (SELECT 1 FROM photo_source WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM photo_source WHERE sent_sha256 = NEW.sent_sha256); END;
CREATE TRIGGER photo_mark_no_update BEFORE UPDATE ON photo_mark BEGIN SELECT RAISE(ABORT, 'photo_mark only grows'); END;
CREATE TRIGGER photo_mark_no_delete BEFORE DELETE ON photo_mark BEGIN SELECT RAISE(ABORT, 'photo_mark only grows'); END;
CREATE TRIGGER photo_mark_no_replace BEFORE INSERT ON photo_mark BEGIN SELECT RAISE(ABORT, 'photo_mark has such a row already') WHERE EXISTS (SELECT 1 FROM photo_mark WHERE fid = NEW.fid); END;
CREATE TRIGGER review_no_update BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'review only grows'); END;
CREATE TRIGGER review_no_delete BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'review only grows'); END;
CREATE TRIGGER review_no_replace BEFORE INSERT ON review BEGIN SELECT RAISE(ABORT, 'review has such a row already') WHERE EXISTS (SELECT 1 FROM review WHERE fid = NEW.fid); END;
CREATE TRIGGER settlement_no_update BEFORE UPDATE ON settlement BEGIN SELECT RAISE(ABORT, 'settlement only grows'); END;
CREATE TRIGGER settlement_no_delete BEFORE DELETE ON settlement BEGIN SELECT RAISE(ABORT, 'settlement only grows'); END;
CREATE TRIGGER settlement_no_replace BEFORE INSERT ON settlement BEGIN SELECT RAISE(ABORT, 'settlement has such a row already') WHERE EXISTS (SELECT 1 FROM settlement WHERE batch_id = NEW.batch_id AND line = NEW.line) OR EXISTS (SELECT 1 FROM settlement WHERE fid = NEW.fid); END;
CREATE TRIGGER calibration_no_update BEFORE UPDATE ON calibration BEGIN SELECT RAISE(ABORT, 'calibration only grows'); END;
CREATE TRIGGER calibration_no_delete BEFORE DELETE ON calibration BEGIN SELECT RAISE(ABORT, 'calibration only grows'); END;
CREATE TRIGGER calibration_no_replace BEFORE INSERT ON calibration BEGIN SELECT RAISE(ABORT, 'calibration has such a row already') WHERE EXISTS (SELECT 1 FROM calibration WHERE fid = NEW.fid); END;
CREATE TRIGGER technician_no_update BEFORE UPDATE ON technician BEGIN SELECT RAISE(ABORT, 'technician only grows'); END;
CREATE TRIGGER technician_no_delete BEFORE DELETE ON technician BEGIN SELECT RAISE(ABORT, 'technician only grows'); END;
CREATE TRIGGER technician_no_replace BEFORE INSERT ON technician BEGIN SELECT RAISE(ABORT, 'technician has such a row already') WHERE EXISTS (SELECT 1 FROM technician WHERE fid = NEW.fid); END;
CREATE TRIGGER design_no_update BEFORE UPDATE ON design BEGIN SELECT RAISE(ABORT, 'design only grows'); END;
CREATE TRIGGER design_no_delete BEFORE DELETE ON design BEGIN SELECT RAISE(ABORT, 'design only grows'); END;
CREATE TRIGGER design_no_replace BEFORE INSERT ON design BEGIN SELECT RAISE(ABORT, 'design has such a row already') WHERE EXISTS (SELECT 1 FROM design WHERE design_id = NEW.design_id) OR EXISTS (SELECT 1 FROM design WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM design WHERE supersedes = NEW.supersedes); END;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger only grows'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'ledger only grows'); END;
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'ledger has such a row already') WHERE EXISTS (SELECT 1 FROM ledger WHERE digest = NEW.digest) OR EXISTS (SELECT 1 FROM ledger WHERE sequence = NEW.sequence); END;
CREATE TRIGGER workspace_no_update BEFORE UPDATE ON workspace BEGIN SELECT RAISE(ABORT, 'workspace only grows'); END;
CREATE TRIGGER workspace_no_delete BEFORE DELETE ON workspace BEGIN SELECT RAISE(ABORT, 'workspace only grows'); END;
CREATE TRIGGER workspace_no_replace BEFORE INSERT ON workspace BEGIN SELECT RAISE(ABORT, 'workspace has such a row already') WHERE EXISTS (SELECT 1 FROM workspace WHERE fid = NEW.fid) OR EXISTS (SELECT 1 FROM workspace WHERE key = NEW.key); END;
CREATE TRIGGER migration_no_update BEFORE UPDATE ON migration BEGIN SELECT RAISE(ABORT, 'migration only grows'); END;
CREATE TRIGGER migration_no_delete BEFORE DELETE ON migration BEGIN SELECT RAISE(ABORT, 'migration only grows'); END;
CREATE TRIGGER migration_no_replace BEFORE INSERT ON migration BEGIN SELECT RAISE(ABORT, 'migration has such a row already') WHERE EXISTS (SELECT 1 FROM migration WHERE number = NEW.number); END;
CREATE TRIGGER site_history_no_update BEFORE UPDATE ON site_history BEGIN SELECT RAISE(ABORT, 'site_history only grows'); END;
CREATE TRIGGER site_history_no_delete BEFORE DELETE ON site_history BEGIN SELECT RAISE(ABORT, 'site_history only grows'); END;
CREATE TRIGGER site_history_no_replace BEFORE INSERT ON site_history BEGIN SELECT RAISE(ABORT, 'site_history has such a row already') WHERE EXISTS (SELECT 1 FROM site_history WHERE history_fid = NEW.history_fid); END;
CREATE TRIGGER element_history_no_update BEFORE UPDATE ON element_history BEGIN SELECT RAISE(ABORT, 'element_history only grows'); END;
CREATE TRIGGER element_history_no_delete BEFORE DELETE ON element_history BEGIN SELECT RAISE(ABORT, 'element_history only grows'); END;
CREATE TRIGGER element_history_no_replace BEFORE INSERT ON element_history BEGIN SELECT RAISE(ABORT, 'element_history has such a row already') WHERE EXISTS (SELECT 1 FROM element_history WHERE history_fid = NEW.history_fid); END;
CREATE TRIGGER site_no_replace BEFORE INSERT ON site BEGIN SELECT RAISE(ABORT, 'site has such a row already') WHERE EXISTS (SELECT 1 FROM site WHERE code = NEW.code) OR EXISTS (SELECT 1 FROM site WHERE fid = NEW.fid); END;
CREATE TRIGGER site_no_delete BEFORE DELETE ON site BEGIN SELECT RAISE(ABORT, 'retire a site, never delete it'); END;
CREATE TRIGGER site_keep_identity BEFORE UPDATE ON site BEGIN SELECT RAISE(ABORT, 'site.code never changes') WHERE NEW.fid IS NOT OLD.fid OR NEW.code IS NOT OLD.code; END;
CREATE TRIGGER site_keep_version BEFORE UPDATE OF version ON site BEGIN SELECT RAISE(ABORT, 'site.version counts by one') WHERE NEW.version NOT IN (OLD.version, OLD.version + 1); END;
CREATE TRIGGER site_keep_old AFTER UPDATE OF fid, code, kind, name_th, name_en, category, setting, street_th, street_en, zone, zone_basis, position_status, position_accuracy_m, position_source, position_note, geom, retired, updated_by, updated_at ON site BEGIN INSERT INTO site_history (fid, code, kind, name_th, name_en, category, setting, street_th, street_en, zone, zone_basis, position_status, position_accuracy_m, position_source, position_note, geom, retired, version, updated_by, updated_at) SELECT OLD.fid, OLD.code, OLD.kind, OLD.name_th, OLD.name_en, OLD.category, OLD.setting, OLD.street_th, OLD.street_en, OLD.zone, OLD.zone_basis, OLD.position_status, OLD.position_accuracy_m, OLD.position_source, OLD.position_note, OLD.geom, OLD.retired, OLD.version, OLD.updated_by, OLD.updated_at; UPDATE site SET version = OLD.version + 1 WHERE fid = OLD.fid; END;
CREATE TRIGGER element_no_replace BEFORE INSERT ON element BEGIN SELECT RAISE(ABORT, 'element has such a row already') WHERE EXISTS (SELECT 1 FROM element WHERE element_id = NEW.element_id) OR EXISTS (SELECT 1 FROM element WHERE fid = NEW.fid); END;
CREATE TRIGGER element_no_delete BEFORE DELETE ON element BEGIN SELECT RAISE(ABORT, 'retire a element, never delete it'); END;
CREATE TRIGGER element_keep_identity BEFORE UPDATE ON element BEGIN SELECT RAISE(ABORT, 'element.element_id never changes') WHERE NEW.fid IS NOT OLD.fid OR NEW.element_id IS NOT OLD.element_id; END;
CREATE TRIGGER element_keep_version BEFORE UPDATE OF version ON element BEGIN SELECT RAISE(ABORT, 'element.version counts by one') WHERE NEW.version NOT IN (OLD.version, OLD.version + 1); END;
CREATE TRIGGER element_keep_old AFTER UPDATE OF fid, element_id, site_code, kind, label, permitted_on, source, retired, updated_by, updated_at ON element BEGIN INSERT INTO element_history (fid, element_id, site_code, kind, label, permitted_on, source, retired, version, updated_by, updated_at) SELECT OLD.fid, OLD.element_id, OLD.site_code, OLD.kind, OLD.label, OLD.permitted_on, OLD.source, OLD.retired, OLD.version, OLD.updated_by, OLD.updated_at; UPDATE element SET version = OLD.version + 1 WHERE fid = OLD.fid; END;
CREATE TRIGGER ledger_keep_chain BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger grows at its end only') WHERE NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM ledger) OR NEW.previous <> coalesce((SELECT digest FROM ledger ORDER BY sequence DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('layer_styles',1);
COMMIT;
