"""The OpenAPI document of the interface: what may be asked, and what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from kpi.access import NOT_FOR_PUBLICATION, WITHHELD
from kpi.catalogue import Catalogue
from kpi.web import fields, problem
from kpi.web.asked import DAY, FORMATS, MEDIA, MONTH, MOST_ORGS, ORG

VERSION = "1.0.0"
ROOT = "/api/v1"
#: The parameters of each address, in the order in which they are described.
TAKES: Mapping[str, tuple[str, ...]] = {
    "observations": ("kpi", "org", "since", "until", "as_at", "format"),
    "kpis": ("kpi", "format"),
    "benchmarks": ("kpi", "as_at", "format"),
}
#: Beside them where the store holds several councils.
COUNCIL = "council"
SUMMARIES = {
    "observations": "Every figure with its target, rating and signals",
    "kpis": "The measures and what they mean",
    "benchmarks": "Published figures to compare with",
}
COLUMNS = {
    "observations": fields.OBSERVATION,
    "kpis": fields.KPI,
    "benchmarks": fields.BENCHMARK,
}
#: What stands before the rows in JSON, and in a header KPI-… in every format.
FACTS: Mapping[str, dict[str, Any]] = {
    "as_at": {
        "type": ["string", "null"],
        "description": "The moment or day looked at; null: now.",
    },
    "role": {"type": "string", "description": "As whom the token reads."},
    "note": {"type": "string", "enum": [WITHHELD, NOT_FOR_PUBLICATION]},
    "illustrative": {"type": "boolean", "description": "True when the months are made up."},
    "data_version": {"type": "integer", "description": "Number of the newest change."},
    "council": {"type": "string", "description": "Id of the whole council."},
}
TOLD = {
    "observations": ("as_at", "role", "note", "illustrative", "data_version"),
    "kpis": ("council",),
    "benchmarks": ("as_at",),
}
ERRORS = {
    "401": "No token, or one that is not known or was revoked.",
    "403": "The token's role may not read, or the server is for its own computer only.",
    "404": "No such organisation, or no such address.",
    "405": "The interface is read-only.",
    "406": "None of the kinds that the Accept header asks for is made here.",
    "422": "A parameter that there is not, or one that is written wrong; the sentence says which.",
    "500": "A fault of the dashboard; the sentence says what to do.",
    "503": "The store cannot be read at the moment.",
}
REF = "#/components/schemas/"


def takes(known: Catalogue, name: str) -> tuple[str, ...]:
    """The parameters of an address, as this store has them."""
    return (*TAKES[name], COUNCIL) if len(known.councils) > 1 else TAKES[name]


def document(known: Catalogue) -> dict[str, Any]:
    """The document; the measures that it names are those of the catalogue."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Improvement KPIs of {known.council.name}",
            "version": VERSION,
            "description": (
                "Figures of children's services as the dashboard shows them, to read and not to "
                "write. A token reads as a committee member, a director or an officer; for a "
                "committee small numbers are withheld as on its screens. Months of a store that "
                "is illustrative say so in every row."
            ),
        },
        "servers": [{"url": ROOT}],
        "security": [{"bearer": []}, {"basic": []}],
        "paths": {
            **{f"/{name}": {"get": _operation(name, takes(known, name))} for name in TAKES},
            "/openapi.json": {"get": _itself()},
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "Any user name; the token is the password.",
                },
            },
            "parameters": _parameters(list(known.kpis), list(known.councils)),
            "headers": _headers(),
            "schemas": {"problem": _problem(), **{name: _body(name) for name in TAKES}},
            "responses": {status: _error(status, means) for status, means in ERRORS.items()},
        },
    }


def _operation(name: str, takes: Sequence[str]) -> dict[str, Any]:
    kept = ["etag", "cache-control", "vary"]
    told = [f"kpi-{fact.replace('_', '-')}" for fact in TOLD[name]]
    return {
        "operationId": name,
        "summary": SUMMARIES[name],
        "parameters": [{"$ref": f"#/components/parameters/{one}"} for one in takes],
        "responses": {
            "200": {
                "description": f"{SUMMARIES[name]}.",
                "headers": _named([*kept, *told]),
                "content": _content(name),
            },
            "304": {
                "description": "What If-None-Match names still holds.",
                "headers": _named(kept),
            },
            **{status: {"$ref": f"#/components/responses/{status}"} for status in ERRORS},
        },
    }


def _content(name: str) -> dict[str, Any]:
    json, csv, parquet = (MEDIA[form][0] for form in FORMATS)
    return {
        json: {"schema": {"$ref": REF + name}},
        csv: {
            "schema": {
                "type": "string",
                "description": "UTF-8 with a mark, a header line and a line a row.",
            }
        },
        parquet: {"schema": {"type": "string", "format": "binary"}},
    }


def _itself() -> dict[str, Any]:
    return {
        "operationId": "openapi",
        "summary": "This document; it needs no token",
        "security": [],
        "responses": {
            "200": {
                "description": "The document.",
                "headers": _named(["etag"]),
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "304": {"description": "What If-None-Match names still holds."},
            **{
                status: {"$ref": f"#/components/responses/{status}"}
                for status in ("403", "405", "500", "503")
            },
        },
    }


def _parameters(kpis: Sequence[str], councils: Sequence[str]) -> dict[str, Any]:
    month = {"type": "string", "pattern": MONTH}
    whose = _parameter(
        COUNCIL,
        "Whose figures: the council that the token was made for. Without it, the first.",
        {"type": "string", "enum": councils},
    )
    return ({COUNCIL: whose} if len(councils) > 1 else {}) | {
        "kpi": _parameter(
            "kpi",
            "A measure; again for more. Without it, all.",
            {"type": "array", "items": {"type": "string", "enum": kpis}, "maxItems": len(kpis)},
        ),
        "org": _parameter(
            "org",
            "An organisation, as CIN1; again for more. Without it, the whole council.",
            {
                "type": "array",
                "items": {"type": "string", "pattern": ORG},
                "maxItems": MOST_ORGS,
            },
        ),
        "since": _parameter("since", "First month, as 2024-04.", month),
        "until": _parameter("until", "Last month, as 2025-03.", month),
        "as_at": _parameter(
            "as_at",
            "Figures as published at the end of this day, as 2025-04-24. Without it, now.",
            {"type": "string", "format": "date", "pattern": DAY},
        ),
        "format": _parameter(
            "format",
            "What to answer with; it goes before the Accept header.",
            {"type": "string", "enum": list(FORMATS)},
        ),
    }


def _parameter(name: str, means: str, schema: dict[str, Any]) -> dict[str, Any]:
    found = {"name": name, "in": "query", "required": False, "description": means}
    several = {"style": "form", "explode": True} if schema["type"] == "array" else {}
    return found | several | {"schema": schema}


def _headers() -> dict[str, Any]:
    text = {"type": "string"}
    kept = {
        "etag": "Changes with the figures, the role and the question.",
        "cache-control": "The reader asks each time whether what it has still holds.",
        "vary": "The answer depends on the token and on the kinds that are accepted.",
    }
    facts = {
        f"kpi-{name.replace('_', '-')}": one.get("description", "What stands over the figures.")
        for name, one in FACTS.items()
    }
    return {
        name: {"description": means, "schema": text, "required": True}
        for name, means in (kept | facts).items()
    }


def _named(names: Sequence[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _body(name: str) -> dict[str, Any]:
    row = fields.schema(COLUMNS[name], fields.TYPES[name])
    return {
        "type": "object",
        "required": [*TOLD[name], name],
        "additionalProperties": False,
        "properties": {fact: FACTS[fact] for fact in TOLD[name]}
        | {name: {"type": "array", "items": row}},
    }


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "What is wrong and how to mend it (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": False,
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "One plain sentence or two."},
        },
    }


def _error(status: str, means: str) -> dict[str, Any]:
    content: dict[str, Any] = {problem.MEDIA: {"schema": {"$ref": f"{REF}problem"}}}
    if status == "403":  # said before the interface is reached
        content["text/plain"] = {"schema": {"type": "string"}}
    found: dict[str, Any] = {"description": means, "content": content}
    if status == "401":
        challenge = {"description": "What may be offered.", "schema": {"type": "string"}}
        found["headers"] = {"www-authenticate": challenge | {"required": True}}
    return found
