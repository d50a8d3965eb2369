"""The Markdown package of the explainer: records, sources, terms and figures. CONTRIBUTING.md explains."""
