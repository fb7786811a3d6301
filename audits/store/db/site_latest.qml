<!DOCTYPE qgis><qgis version="3.22">
  <renderer-v2 type="RuleRenderer" symbollevels="0">
    <rules>
      <rule filter="survey_id IS NOT NULL" label="surveyed / สำรวจแล้ว" symbol="0"/>
      <rule filter="survey_id IS NULL" label="not surveyed / ยังไม่สำรวจ" symbol="1"/>
    </rules>
    <symbols>
      <symbol type="marker" name="0">
        <layer class="SimpleMarker" enabled="1" pass="0" locked="0">
          <prop k="name" v="circle"/>
          <prop k="color" v="0,90,156,255"/>
          <prop k="outline_color" v="0,0,0,255"/>
          <prop k="size" v="3"/>
        </layer>
      </symbol>
      <symbol type="marker" name="1">
        <layer class="SimpleMarker" enabled="1" pass="0" locked="0">
          <prop k="name" v="diamond"/>
          <prop k="color" v="255,255,255,255"/>
          <prop k="outline_color" v="0,0,0,255"/>
          <prop k="size" v="3"/>
        </layer>
      </symbol>
    </symbols>
  </renderer-v2>
</qgis>
