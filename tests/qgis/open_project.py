"""Open a package in QGIS without a screen, survey a ramp through its form, and tell as JSON what happened.

Run by the system's own Python, which has QGIS: ``python3 open_project.py PACKAGE.zip FOLDER``.
"""

import json
import os
import sys
import zipfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsVectorLayerUtils,
)
from qgis.gui import QgsAttributeEditorContext, QgsAttributeForm, QgsGui, QgsMapCanvas
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QTabWidget

PLACE = QgsPointXY(102.8231, 16.4251)


def opened(package: Path, folder: Path):
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    path = next(folder.glob("jaidee-*/jaidee.qgz"))
    project = QgsProject.instance()
    # A canvas of this name takes its view from the project, in QGIS and in QField.
    canvas = QgsMapCanvas()
    canvas.setObjectName("theMapCanvas")
    assert project.read(str(path)), project.error()
    return project, canvas


def layer_facts(layer):
    config = layer.editFormConfig()
    fields = layer.fields()
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "rows": layer.featureCount(),
        "read_only": layer.readOnly(),
        "renderer": layer.renderer().type(),
        "labels": layer.labelsEnabled(),
        "columns": [field.name() for field in fields],
        "without_alias": [field.name() for field in fields if not field.alias() and field.name() != "fid"],
        "widgets": {field.name(): layer.editorWidgetSetup(number).type() for number, field in enumerate(fields)},
        "remembered": [fields[number].name() for number in range(len(fields)) if _reused(config, number)],
        "broken_expressions": _broken(layer),
    }


def _reused(config, number):
    return hasattr(config, "reuseLastValue") and config.reuseLastValue(number)


def _broken(layer):
    from qgis.core import QgsExpression

    found = []
    for number, field in enumerate(layer.fields()):
        rule, default = layer.constraintExpression(number), layer.defaultValueDefinition(number).expression()
        found += [
            f"{field.name()}: {each}" for each in (rule, default) if each and QgsExpression(each).hasParserError()
        ]
    return found


def new_row(layer, **values):
    geometry = QgsGeometry.fromPointXY(PLACE)
    numbers = {layer.fields().lookupField(name): value for name, value in values.items()}
    return QgsVectorLayerUtils.createFeature(layer, geometry, numbers, layer.createExpressionContext())


def broken_rules(layer, feature):
    """Return what is refused and what is only warned of, as column to messages."""
    from qgis.core import QgsFieldConstraints

    strengths = {"refused": QgsFieldConstraints.ConstraintStrengthHard}
    strengths["warned"] = QgsFieldConstraints.ConstraintStrengthSoft
    told = {}
    for name, strength in strengths.items():
        told[name] = {}
        for number, field in enumerate(layer.fields()):
            good, messages = QgsVectorLayerUtils.validateAttribute(layer, feature, number, strength)
            if not good:
                told[name][field.name()] = messages
    return told


def tabs_shown(layer, feature, values):
    """Return the pages of the form that can be seen once the values are chosen in it."""
    context = QgsAttributeEditorContext()
    form = QgsAttributeForm(layer, QgsFeature(feature), context)
    form.setMode(QgsAttributeEditorContext.AddFeatureMode)
    form.setFeature(feature)
    form.resize(700, 900)
    form.show()
    for name, value in values.items():
        form.changeAttribute(name, value)
        QgsApplication.processEvents()
    tabs = max(form.findChildren(QTabWidget), key=QTabWidget.count)
    shown = [tabs.tabText(number) for number in range(tabs.count()) if _tab_is_shown(tabs, number)]
    return form, tabs, shown


def _tab_is_shown(tabs, number):
    return tabs.isTabVisible(number) if hasattr(tabs, "isTabVisible") else tabs.isTabEnabled(number)


def draw(project, canvas, path):
    settings = QgsMapSettings()
    settings.setLayers([project.mapLayersByName(name)[0] for name in _names(project)])
    settings.setDestinationCrs(project.crs())
    settings.setTransformContext(project.transformContext())
    settings.setBackgroundColor(QColor("white"))
    settings.setOutputSize(QSize(1400, 1400))
    settings.setOutputDpi(120)
    settings.setExtent(canvas.extent())
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(str(path))
    colours = {image.pixelColor(x, y).name() for x in range(0, 1400, 2) for y in range(0, 1400, 2)}
    return sorted(colours)


def _names(project):
    return [node.layer().name() for node in project.layerTreeRoot().findLayers()]


def main(package: Path, folder: Path) -> dict:
    project, canvas = opened(package, folder)
    layers = {layer.source().rpartition("layername=")[2]: layer for layer in project.mapLayers().values()}
    survey = layers["field_survey"]
    told = {
        "crs": project.crs().authid(),
        "title": project.title(),
        "bad_layers": [name for name, layer in layers.items() if not layer.isValid()],
        "layers": {name: layer_facts(layer) for name, layer in layers.items()},
    }
    survey.startEditing()
    ramp = {"site_code": "KK-001", "element_kind": "ramp", "surveyor": "สมชาย ใจดี", "element_present": "yes"}
    empty = new_row(survey)
    told["defaults"] = {
        name: str(empty[name]) for name in ("uuid", "observed_at", "element_number", "accuracy_m", "photo_has_person")
    }
    told["empty_row"] = broken_rules(survey, empty)
    told["absurd_width"] = broken_rules(survey, new_row(survey, **ramp, clear_width_cm=9999.0))
    told["unusual_width"] = broken_rules(survey, new_row(survey, **ramp, clear_width_cm=700.0, unusual_is_right=True))
    good = new_row(survey, **ramp, clear_width_cm=90.0, running_slope_pct=8.3, running_slope_pct__2=8.4)
    told["good_row"] = broken_rules(survey, good)
    told["tabs"] = {}
    for kind in ("ramp", "toilet"):
        form, tabs, shown = tabs_shown(survey, empty, {"site_code": "KK-001", "element_kind": kind})
        told["tabs"][kind] = shown
        form.grab().save(str(folder / f"form_{kind}_visit.png"))
        for number in range(tabs.count()):
            if _tab_is_shown(tabs, number) and 0 < number < tabs.count() - 1:
                tabs.setCurrentIndex(number)
        QgsApplication.processEvents()
        form.grab().save(str(folder / f"form_{kind}.png"))
    survey.addFeature(good)
    told["committed"] = survey.commitChanges()
    told["commit_errors"] = survey.commitErrors()
    told["written"] = {
        field.name(): str(row[field.name()])
        for row in survey.getFeatures()
        for field in survey.fields()
        if row[field.name()]
    }
    told["site_can_be_edited"] = layers["site"].startEditing()
    told["colours"] = draw(project, canvas, folder / "map.png")
    return told


if __name__ == "__main__":
    application = QgsApplication([], True)
    application.initQgis()
    QgsGui.editorWidgetRegistry().initEditors()
    result = main(Path(sys.argv[1]), Path(sys.argv[2]))
    QgsProject.instance().clear()
    print(json.dumps(result, ensure_ascii=False))
    sys.stdout.flush()
    # Qt's own tidying without a screen crashes now and then after all is done.
    os._exit(0)
