"""In which order are dates and numbers written? One module a language, found by FORMAT_MODULE_PATH."""
