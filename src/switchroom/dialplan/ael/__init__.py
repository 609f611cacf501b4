"""AEL, the extension language: ``extensions.ael`` compiled to ordinary extensions."""
