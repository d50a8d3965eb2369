"""The Markdown package of the explainer: findings, indicators, sources and glossary terms (design: CONTRIBUTING.md)."""
