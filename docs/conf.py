"""How the site is built: `make docs`, or `python -m sphinx -EW docs build/docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import glassneuron

project = "glassneuron"
author = "the glassneuron founders"
version = release = glassneuron.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "extension.pages",  # the code of every page runs, and its pictures come from it
    "extension.gallery",
    "extension.lessons",
    "extension.commands",
    "extension.names",
    "extension.mathml",
    "extension.accessible",
    "extension.links",
]
exclude_patterns = ["extension", "gallery"]
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
smartquotes = False  # what is quoted is often typed
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
autodoc_typehints = "none"  # docstrings say them in words
autodoc_class_signature = "mixed"
autodoc_member_order = "bysource"
add_module_names = False
toc_object_entries = False

html_theme = "furo"
html_title = "glassneuron"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {"navigation_with_keys": True}
html_math_renderer = "mathml"
