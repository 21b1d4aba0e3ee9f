"""The dependencies as a software bill of materials in CycloneDX JSON, from the lock file.

https://cyclonedx.org/docs/1.6/json/
"""

from __future__ import annotations

import uuid
from importlib import metadata
from typing import Any

from zoomapp.cli.dossier.sources import APP, Package, Script, packages, scripts

JSON = dict[str, Any]


def bill_of_materials(app_name: str) -> JSON:
    """The bill of materials. The same lock file gives the same text."""
    locked, served = packages(), scripts()
    components = [_python(package) for package in locked] + [_script(script) for script in served]
    names = " ".join(component["bom-ref"] for component in components)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, names)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": APP, "name": app_name}},
        "components": components,
        "dependencies": _dependencies(locked, served),
    }


def _python(package: Package) -> JSON:
    component: JSON = {
        "type": "library",
        "bom-ref": _ref(package),
        "name": package.name,
        "version": package.version,
        "purl": _ref(package),
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{package.name}/{package.version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
            }
        ],
    }
    if licenses := _licenses(package):
        component["licenses"] = licenses
    return component


def _licenses(package: Package) -> list[JSON]:
    """The license, if this version is installed here and names one."""
    try:
        installed = metadata.metadata(package.name)
    except metadata.PackageNotFoundError:
        return []
    if installed["Version"] != package.version:
        return []
    if "License-Expression" in installed:
        return [{"expression": installed["License-Expression"]}]
    classifiers = [text.rpartition(" :: ")[2] for text in installed.get_all("Classifier", []) if "License ::" in text]
    return [{"license": {"name": name}} for name in classifiers]


def _script(script: Script) -> JSON:
    return {
        "type": "library",
        "bom-ref": _ref(script),
        "name": script.package,
        "version": script.version,
        "purl": _ref(script),
        "licenses": [{"license": {"id": script.license}}],
        "hashes": [{"alg": "SHA-256", "content": script.sha256}],
    }


def _ref(component: Package | Script) -> str:
    """The package URL. https://github.com/package-url/purl-spec"""
    if isinstance(component, Package):
        return f"pkg:pypi/{component.name.lower().replace('_', '-')}@{component.version}"
    return f"pkg:npm/{component.package.replace('@', '%40')}@{component.version}"


def _dependencies(locked: list[Package], served: list[Script]) -> list[JSON]:
    """What the app and each component need."""
    by_name = {package.name: package for package in locked}
    needs: dict[str, list[str]] = {APP: [], **{_ref(package): [] for package in locked}}
    for package in locked:
        for name in package.needed_by:
            needs[_ref(by_name[name]) if name != APP else APP].append(_ref(package))
    needs[APP] += [_ref(script) for script in served]
    return [{"ref": name, "dependsOn": sorted(refs)} for name, refs in needs.items()]
