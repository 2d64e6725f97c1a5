"""What tensors are called in files of all ages."""

import pytest

from export.parts import canonical_name


@pytest.mark.parametrize(
    ("in_file", "in_graph"),
    [
        ("decoder.mid_block.attentions.0.query.weight", "decoder.mid_block.attentions.0.to_q.weight"),
        ("decoder.mid_block.attentions.0.proj_attn.bias", "decoder.mid_block.attentions.0.to_out.0.bias"),
        ("encoder.layers.1.mlp.fc1.weight", "text_model.encoder.layers.1.mlp.fc1.weight"),
        ("embeddings.token_embedding.weight", "text_model.embeddings.token_embedding.weight"),
        ("text_model.final_layer_norm.bias", "text_model.final_layer_norm.bias"),
        ("encoder.conv_in.weight", "encoder.conv_in.weight"),
        ("down_blocks.0.attentions.0.norm.weight", "down_blocks.0.attentions.0.norm.weight"),
    ],
)
def test_older_and_newer_names(in_file: str, in_graph: str) -> None:
    assert canonical_name(in_file) == in_graph
