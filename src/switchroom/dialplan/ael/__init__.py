"""AEL, the extension language: ``extensions.ael`` compiled to ordinary extensions."""

MACRO_EXTENSION = "~~s~~"  #: where a macro begins, in the context of its name
