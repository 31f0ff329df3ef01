"""Which published numbers does the forecast rest on? The sets live beside this file as TOML."""
