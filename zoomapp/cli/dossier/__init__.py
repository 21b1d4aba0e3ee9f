"""`flask dossier`: the documents that Zoom's review asks for, made from the code's own tables."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from zoomapp.cli.dossier import document, printed, sbom
from zoomapp.cli.support import current_services, report_errors


@click.command("dossier")
@click.option(
    "--format", "form", type=click.Choice(["markdown", "html", "sbom"]), default="markdown", show_default=True
)
@with_appcontext
@report_errors
def dossier(form: str) -> None:
    """Print the documents for Zoom's review.

    They are technical design, scopes, stored data, security and dependencies. --format html prints a page that a
    browser can save as PDF, --format sbom the dependencies as CycloneDX JSON. What only the operator knows is marked
    with "FILL IN".
    """
    settings = current_services().settings
    if form == "sbom":
        click.echo(json.dumps(sbom.bill_of_materials(settings.app_name), indent=2))
        return
    text = document.markdown(settings)
    click.echo(printed.page(settings.app_name, text) if form == "html" else text)
