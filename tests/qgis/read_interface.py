"""Read the interface for other programs by QGIS's own OAPIF reader, and tell as JSON what it saw.

Run by the system's own Python, which has QGIS: ``python3 read_interface.py ADDRESS NAME``, the password as input.
"""

import json
import os
import sys
import tempfile

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import NULL, Qgis, QgsApplication, QgsAuthMethodConfig, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import QDate

COLLECTIONS = ("site", "element", "finding", "measure_next")
BOX = (102.82, 16.42, 102.84, 16.44)
PAGE = 50


def authentication(name, password):
    """Keep an account as the dialog of QGIS does; the id is what a layer's address names."""
    manager = QgsApplication.authManager()
    assert manager.setMasterPassword("of this run only", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName(name)
    config.setConfig("username", name)
    config.setConfig("password", password)
    assert manager.storeAuthenticationConfig(config)[0]
    return config.id()


def opened(address, collection, more=""):
    return QgsVectorLayer(f"url='{address}/api' typename='{collection}' {more}", collection, "OAPIF")


def plain(value):
    if value == NULL:
        return None
    return value.toString("yyyy-MM-dd") if isinstance(value, QDate) else value


def rows_of(layer, request=None):
    names = [field.name() for field in layer.fields()]
    features = layer.getFeatures(request) if request else layer.getFeatures()
    return [
        {
            "properties": dict(zip(names, map(plain, each.attributes()), strict=True)),
            "geometry": json.loads(each.geometry().asJson(6)) if each.hasGeometry() else None,
        }
        for each in features
    ]


def layer_facts(layer):
    assert layer.isValid()
    before = layer.featureCount()
    rows = rows_of(layer)
    return {"crs": layer.crs().authid(), "count": before, "count_once_read": layer.featureCount(), "rows": rows}


def main(address, name):
    password = sys.stdin.read()
    config = authentication(name, password)
    signed_in = f"authcfg={config} pageSize='{PAGE}'"
    in_box = opened(address, "site", f"{signed_in} restrictToRequestBBOX='1'")
    told = {
        "version": Qgis.QGIS_VERSION,
        "opens_without_account": opened(address, "site").isValid(),
        "opens_by_name_and_password": opened(address, "site", f"username='{name}' password='{password}'").isValid(),
        "opens_by_wrong_password": opened(address, "site", f"username='{name}' password='wrong'").isValid(),
        "opens_what_is_not_there": opened(address, "person", signed_in).isValid(),
        "layers": {each: layer_facts(opened(address, each, signed_in)) for each in COLLECTIONS},
        "in_box": [row["properties"]["id"] for row in rows_of(in_box, QgsFeatureRequest(QgsRectangle(*BOX)))],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        # accounts of this run are kept nowhere else
        os.environ["QGIS_AUTH_DB_DIR_PATH"] = folder
        application = QgsApplication([], False, folder)
        application.initQgis()
        main(*sys.argv[1:])
        application.exitQgis()
