"""The socket's reference is a valid AsyncAPI 3 document, and what is sent keeps to it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings
from referencing import Registry

from village.journal.topics import Topic
from village.realtime import asyncapi

pytestmark = pytest.mark.once
SPECS = "@asyncapi/specs@6.11.1"


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Fetch the published JSON schema of AsyncAPI 3.0 from its package, once."""
    kept = Path(settings.BASE_DIR) / "var" / "asyncapi-3.0.0.json"
    if not kept.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not on this machine: the AsyncAPI schema comes from its package")
        folder = tmp_path_factory.mktemp("specs")
        subprocess.run(
            [
                npm,
                "install",
                "--silent",
                "--no-save",
                "--ignore-scripts",
                "--prefix",
                folder,
                SPECS,
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        found = folder / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
        kept.parent.mkdir(exist_ok=True)
        shutil.copy(found, kept)
    loaded: dict[str, Any] = json.loads(kept.read_text())
    return loaded


def test_the_document_is_valid(schema: dict[str, Any]) -> None:
    validator = jsonschema.validators.validator_for(schema)
    errors = [
        f"{error.json_path}: {error.message[:200]}"
        for error in validator(schema, registry=Registry()).iter_errors(asyncapi.document())
    ]
    assert not errors


def test_a_wrong_document_is_noticed(schema: dict[str, Any]) -> None:
    wrong = asyncapi.document()
    wrong["operations"]["say"]["action"] = "shout"

    validator = jsonschema.validators.validator_for(schema)
    assert not validator(schema, registry=Registry()).is_valid(wrong)


def test_every_topic_and_kind_is_in_it() -> None:
    document = asyncapi.document()
    kinds = {message["name"] for message in document["components"]["messages"].values()}

    for topic in Topic.declared.values():
        if topic.path == "access":
            continue
        assert {fact.kind for fact in topic.cargo} <= kinds
