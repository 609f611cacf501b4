"""Text as it stands in XML; the standard library's helper would load an HTTP client, too."""

from __future__ import annotations

import html


def escape(text: str) -> str:
    """As the text of an element."""
    return html.escape(text, quote=False)


def quoteattr(text: str) -> str:
    """As the value of an attribute, its quotes included."""
    return f'"{html.escape(text)}"'
