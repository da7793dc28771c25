"""How Darkroom goes where demos live: README.md here."""
