"""A JSON schema of orbat-mapper scenarios, written from its documented data model."""

POSITION = {
    "type": "array",
    "minItems": 2,
    "maxItems": 3,
    "items": {"type": "number"},
}
TIME = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$",
}
SIDC = {"type": "string", "pattern": r"^(\d{20}|\d{30})$"}
STOCK = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "count": {"type": "integer", "minimum": 0},
        "onHand": {"type": "integer"},
        "description": {"type": "string"},
    },
}
STOCKS = {"type": "array", "items": STOCK}
COUNTED = {"type": "array", "items": {**STOCK, "required": ["name", "count"]}}
CHANGE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"equipment": STOCKS, "personnel": STOCKS, "supplies": STOCKS},
}
CATALOG = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "description": {"type": "string"}},
    },
}

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["type", "id", "version", "name", "sides", "events", "layerStack"],
    "properties": {
        "type": {"const": "ORBAT-mapper"},
        "id": {"type": "string"},
        "version": {"const": "3.4.0"},
        "startTime": TIME,
        "timeZone": {"type": "string"},
        "symbologyStandard": {"enum": ["2525d", "2525e", "app6d"]},
        "sides": {"type": "array", "items": {"$ref": "#/$defs/side"}},
        "equipment": CATALOG,
        "personnel": CATALOG,
        "settings": {
            "type": "object",
            "required": ["rangeRingGroups", "statuses", "supplyClasses", "supplyUoMs"],
        },
    },
    "$defs": {
        "side": {
            "type": "object",
            "required": ["id", "name", "standardIdentity", "groups"],
            "properties": {
                "standardIdentity": {"enum": list("0123456")},
                "groups": {"type": "array", "items": {"$ref": "#/$defs/group"}},
                "subUnits": {"type": "array", "items": {"$ref": "#/$defs/unit"}},
            },
        },
        "group": {
            "type": "object",
            "required": ["id", "name", "subUnits"],
            "properties": {
                "subUnits": {"type": "array", "items": {"$ref": "#/$defs/unit"}}
            },
        },
        "unit": {
            "type": "object",
            "required": ["id", "name", "sidc"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string", "minLength": 1},
                "name": {"type": "string", "minLength": 1},
                "shortName": {"type": "string"},
                "sidc": SIDC,
                "location": POSITION,
                "subUnits": {"type": "array", "items": {"$ref": "#/$defs/unit"}},
                "state": {"type": "array", "items": {"$ref": "#/$defs/state"}},
                "personnel": COUNTED,
                "equipment": COUNTED,
            },
        },
        "state": {
            "type": "object",
            "required": ["id", "t"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string"},
                "t": TIME,
                "location": POSITION,
                "update": CHANGE,
                "diff": CHANGE,
                "hierarchy": {
                    "type": "object",
                    "required": ["targetId", "placement"],
                    "properties": {
                        "targetId": {"type": "string"},
                        "placement": {"enum": ["on", "above", "below"]},
                        "parentId": {"type": "string"},
                    },
                },
            },
        },
    },
}
"""What an export must be."""
