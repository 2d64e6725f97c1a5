"""How long a workflow takes beside its pictures: from its submission to the line."""
