"""A vision transformer with drawn weights, exported by torch.onnx.export.

    python3 export_vit.py FILE.onnx [SIDE PATCH WIDTH DEPTH HEADS]

Needs torch (2.15 was used), onnx and onnxscript. Without sizes it is the tiny
one of libs/model-io/fixtures/encoder. Inputs: images [batch, 3, side, side].
Outputs: tokens [batch, 1 + patches, width], and embedding [batch, width], the
normalised class token.
"""
import sys

import onnx
import torch
from torch import nn


class VisionTransformer(nn.Module):
    def __init__(self, side, patch, width, depth, heads):
        super().__init__()
        patches = (side // patch) ** 2
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.first = nn.Parameter(torch.randn(1, 1, width) * 0.5)
        self.places = nn.Parameter(torch.randn(1, 1 + patches, width) * 0.5)
        block = nn.TransformerEncoderLayer(
            width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(block, depth, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(width)

    def forward(self, images):
        tokens = self.patches(images).flatten(2).transpose(1, 2)
        first = self.first.expand(tokens.shape[0], -1, -1)
        tokens = torch.cat([first, tokens], 1) + self.places
        tokens = self.norm(self.blocks(tokens))
        embedding = tokens[:, 0]
        return tokens, embedding / embedding.norm(dim=1, keepdim=True)


def export(path, side=32, patch=8, width=16, depth=2, heads=2, external=False):
    torch.manual_seed(31)
    model = VisionTransformer(side, patch, width, depth, heads).eval()
    torch.onnx.export(
        model, (torch.randn(2, 3, side, side),), path,
        input_names=["images"], output_names=["tokens", "embedding"],
        dynamic_shapes={"images": {0: torch.export.Dim("batch")}},
        external_data=external)
    if not external:
        model = onnx.load(path)
        for node in model.graph.node:
            del node.metadata_props[:]  # stack traces: most of a tiny file
        onnx.save(model, path)


if __name__ == "__main__":
    export(sys.argv[1], *map(int, sys.argv[2:]))
