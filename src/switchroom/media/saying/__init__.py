"""What is said for a number, a text, an amount or a moment: lists of prompt names, by language.

Pure: nothing here finds, reads or plays a sound. ``registry.language_for`` picks the language;
``spelling`` needs none.
"""
