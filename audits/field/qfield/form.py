"""Write the form of a layer as QGIS keeps it: widgets, names, defaults, rules, and pages that show what applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from xml.etree import ElementTree

from audits.field.qfield import layout

# QGIS and QField write NULL for this value of a value map.
NOTHING = "{2839923C-8B7D-419E-B84B-CA2FE9B80EC7}"
NOT_NULL, EXPRESSION = 1, 4
HARD, SOFT = "1", "2"

_HIDDEN: tuple[str, Mapping[str, object]] = ("Hidden", {})


def option(parent: ElementTree.Element, value: object, name: str = "") -> None:
    """Add a value, a list or a mapping in the notation that QGIS has for its settings."""
    named = {"name": name} if name else {}
    if isinstance(value, Mapping):
        inside = ElementTree.SubElement(parent, "Option", named, type="Map")
        for key, one in value.items():
            option(inside, one, key)
    elif isinstance(value, list | tuple):
        inside = ElementTree.SubElement(parent, "Option", named, type="List")
        for one in value:
            option(inside, one)
    else:
        kind = "bool" if isinstance(value, bool) else "int" if isinstance(value, int) else "QString"
        written = str(value).lower() if isinstance(value, bool) else str(value)
        ElementTree.SubElement(parent, "Option", named, type=kind, value=written)


def parts(
    fields: Sequence[layout.Field], groups: Sequence[layout.Group], *, site_layer: str, editable: bool
) -> Iterable[ElementTree.Element]:
    """Yield the parts of a layer that say how it is asked.

    Parameters
    ----------
    fields
        Columns of the layer, in order, without ``fid``.
    groups
        Pages of the form; none for a plain list.
    site_layer
        Id of the layer of sites, from which a site is chosen.
    editable
        Whether anything may be written.
    """
    yield _widgets(fields, site_layer)
    yield _per_field("aliases", "alias", fields, lambda one: {"name": one.title})
    yield _per_field("defaults", "default", fields, lambda one: {"expression": one.default, "applyOnUpdate": "0"})
    yield _per_field("constraints", "constraint", fields, _strengths)
    yield _per_field("constraintExpressions", "constraint", fields, _expression)
    yield _text("featformsuppress", "0")
    yield _text("editorlayout", "tablayout" if groups else "generatedlayout")
    if groups:
        positions = {one.name: position for position, one in enumerate(fields, start=1)}
        yield _pages(groups, positions)
    for tag, attribute, holds in (
        ("editable", "editable", lambda _: editable),
        ("labelOnTop", "labelOnTop", lambda _: True),
        ("reuseLastValue", "reuseLastValue", lambda one: one.remembered),
    ):
        yield _flags(tag, attribute, fields, holds)


def _text(tag: str, content: str) -> ElementTree.Element:
    element = ElementTree.Element(tag)
    element.text = content
    return element


def _per_field(
    tag: str, each: str, fields: Sequence[layout.Field], attributes: Callable[[layout.Field], Mapping[str, str]]
) -> ElementTree.Element:
    whole = ElementTree.Element(tag)
    for position, one in enumerate(fields, start=1):
        ElementTree.SubElement(whole, each, {"field": one.name, "index": str(position), **attributes(one)})
    return whole


def _flags(
    tag: str, attribute: str, fields: Sequence[layout.Field], holds: Callable[[layout.Field], bool]
) -> ElementTree.Element:
    whole = ElementTree.Element(tag)
    for one in fields:
        ElementTree.SubElement(whole, "field", {"name": one.name, attribute: str(int(holds(one)))})
    return whole


def _strengths(one: layout.Field) -> Mapping[str, str]:
    kinds = (NOT_NULL if one.needed else 0) | (EXPRESSION if one.rule else 0)
    return {
        "constraints": str(kinds),
        "notnull_strength": HARD if one.needed else "0",
        "unique_strength": "0",
        "exp_strength": "0" if one.rule is None else HARD if one.rule.hard else SOFT,
    }


def _expression(one: layout.Field) -> Mapping[str, str]:
    return {"exp": one.rule.expression, "desc": one.rule.said} if one.rule else {"exp": "", "desc": ""}


def _widgets(fields: Sequence[layout.Field], site_layer: str) -> ElementTree.Element:
    whole = ElementTree.Element("fieldConfiguration")
    widgets = {"fid": _HIDDEN} | {one.name: _widget(one, site_layer) for one in fields}
    for name, (kind, config) in widgets.items():
        asked = ElementTree.SubElement(whole, "field", name=name, configurationFlags="None")
        widget = ElementTree.SubElement(asked, "editWidget", type=kind)
        option(ElementTree.SubElement(widget, "config"), config)
    return whole


def _widget(one: layout.Field, site_layer: str) -> tuple[str, Mapping[str, object]]:
    """Return the widget's name in QGIS and its settings."""
    lowest, highest = one.span
    photo = {
        "DocumentViewer": 1,
        "FileWidget": True,
        "FileWidgetButton": True,
        "RelativeStorage": 1,
        "StorageMode": 0,
        "UseLink": False,
    }
    counter = {"AllowNull": True, "Min": lowest, "Max": highest, "Step": 1, "Style": "SpinBox"}
    moment = {
        "allow_null": False,
        "calendar_popup": True,
        "display_format": "yyyy-MM-dd HH:mm",
        "field_format": "yyyy-MM-dd HH:mm:ss",
        "field_iso_format": False,
    }
    known: dict[str, tuple[str, Mapping[str, object]]] = {
        layout.HIDDEN: _HIDDEN,
        layout.LINE: ("TextEdit", {"IsMultiline": False, "UseHtml": False}),
        layout.LINES: ("TextEdit", {"IsMultiline": True, "UseHtml": False}),
        layout.FIGURE: ("TextEdit", {"IsMultiline": False, "UseHtml": False}),
        layout.COUNTER: ("Range", counter),
        layout.MOMENT: ("DateTime", moment),
        layout.PHOTO: ("ExternalResource", photo),
        layout.BOX: ("CheckBox", {"AllowNullState": False, "CheckedState": "", "UncheckedState": ""}),
        layout.SITE: ("ValueRelation", _from_sites(site_layer)),
        layout.CHOICE: ("ValueMap", {"map": _choices(one)}),
    }
    return known[one.widget]


def _choices(one: layout.Field) -> list[Mapping[str, str]]:
    # What need not be answered can be taken back.
    nothing = [] if one.needed else [{"–": NOTHING}]
    return [*nothing, *({label: value} for value, label in one.choices.items())]


def _from_sites(site_layer: str) -> Mapping[str, object]:
    return {
        "AllowMulti": False,
        "AllowNull": False,
        "FilterExpression": "",
        "Key": "code",
        "Layer": site_layer,
        "LayerName": layout.SITES,
        "LayerProviderName": "ogr",
        "LayerSource": f"./{layout.GEOPACKAGE}|layername={layout.SITES}",
        "NofColumns": 1,
        "OrderByValue": True,
        "UseCompleter": False,
        "Value": "label",
    }


def _pages(groups: Sequence[layout.Group], positions: Mapping[str, int]) -> ElementTree.Element:
    form = ElementTree.Element("attributeEditorForm")
    for group in groups:
        _container(form, group, positions, box=False)
    return form


def _container(parent: ElementTree.Element, group: layout.Group, positions: Mapping[str, int], *, box: bool) -> None:
    shown = {
        "name": group.title,
        "columnCount": "1",
        "showLabel": "1",
        "groupBox": str(int(box)),
        "type": "GroupBox" if box else "Tab",
        "collapsed": "0",
        "collapsedExpressionEnabled": "0",
        "collapsedExpression": "",
        "visibilityExpressionEnabled": str(int(bool(group.when))),
        "visibilityExpression": group.when,
    }
    container = ElementTree.SubElement(parent, "attributeEditorContainer", shown)
    for name in group.names:
        ElementTree.SubElement(container, "attributeEditorField", name=name, index=str(positions[name]), showLabel="1")
    for inner in group.groups:
        _container(container, inner, positions, box=True)
