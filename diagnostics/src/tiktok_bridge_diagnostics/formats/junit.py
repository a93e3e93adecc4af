"""Write a report as JUnit XML, which CI servers show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from tiktok_bridge import Status
from tiktok_bridge_diagnostics.formats.topics import grouped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tiktok_bridge import Check, Finding
    from tiktok_bridge_diagnostics.report import Report

ELEMENTS: Final = {
    Status.FAIL: "failure",
    Status.CRASHED: "error",
    Status.UNKNOWN: "error",
    Status.BLOCKED: "skipped",
    Status.SKIPPED: "skipped",
}
"""What stands in the test case of each status; a warning is a word beside a pass."""

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report, checks: Mapping[str, Check]) -> str:
    """Return *report* as XML; a suite is a topic, and a case is a finding."""
    root = ET.Element("testsuites", name="tiktok-bridge doctor")
    for topic, found in grouped(report).items():
        names = [ELEMENTS.get(one.status) for one in found]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=topic,
            tests=str(len(found)),
            failures=str(names.count("failure")),
            errors=str(names.count("error")),
            skipped=str(names.count("skipped")),
        )
        for one in found:
            _case(suite, one, checks[one.check])
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: ET.Element, one: Finding, check: Check) -> None:
    about = f" [{one.about}]" if one.about else ""
    case = ET.SubElement(
        suite, "testcase", classname=one.check, name=_xml(check.title + about)
    )
    remedy = f"\n{one.remedy.text}" if one.remedy else ""
    told = _xml(f"{one.says}\ncertainty: {one.certainty}{remedy}")
    if name := ELEMENTS.get(one.status):
        inner = ET.SubElement(case, name, message=_xml(one.says), type=one.reason)
        inner.text = told
    elif one.status == Status.WARN:
        ET.SubElement(case, "system-out").text = f"warning: {told}"


def _xml(text: str) -> str:
    """Return *text* without the signs that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
