"""The language of ``.conf`` files: text, sections, values, options, and rows in their place."""
