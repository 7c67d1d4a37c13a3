"""Python's side of verify.ts: images, encoders, and what Pillow, NumPy and ONNX
Runtime for Python make of them.

    python3 python_side.py make FOLDER NSFW.onnx
    python3 python_side.py compare FOLDER
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from PIL import Image

from export_vit import export

SIZES = [(640, 480), (333, 500), (224, 224), (97, 211), (500, 150), (1000, 801)]
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])


def make_images(folder):
    folder.mkdir()
    random = np.random.default_rng(31)
    for i, (width, height) in enumerate(SIZES):
        coarse = random.integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), np.uint8)
        image = np.asarray(Image.fromarray(coarse).resize((width, height), Image.BICUBIC))
        grain = random.integers(-20, 21, image.shape)
        image = Image.fromarray(np.clip(image + grain, 0, 255).astype(np.uint8))
        image.save(folder / f"{i}.png")
        image.save(folder / f"{i}.jpg", quality=95)


def short_side(image, resize, filter):
    width, height = image.size
    short = min(width, height)
    return image.resize((int(resize * width / short), int(resize * height / short)), filter)


def centre(image, crop, offset):
    left, top = (offset((side - crop) / 2) for side in image.size)
    return image.crop((left, top, left + crop, top + crop))


def normalised(image, mean, deviation, divisor=255):
    values = np.asarray(image, np.float64) / divisor
    return ((values - mean) / deviation).astype(np.float32)


def floor(value):
    return int(value // 1)


# Name, model, flags, how an image is fed, and how the output becomes a row.
def cases(nsfw, features, vit, configured):
    def caffe(image):
        image = centre(image.resize((256, 256), Image.BILINEAR), 224, round)
        return normalised(np.asarray(image)[:, :, ::-1], [104, 117, 123], 1, 1)

    def squeezed(image):
        image = image.resize((224, 224), Image.BILINEAR)
        return normalised(image, 0.5, 0.5).transpose(2, 0, 1)

    def clip(image):
        image = centre(short_side(image, 224, Image.BICUBIC), 224, round)
        return normalised(image, *CLIP).transpose(2, 0, 1)

    def dino(image):
        image = centre(short_side(image, 256, Image.BICUBIC), 224, floor)
        return normalised(image, *IMAGENET).transpose(2, 0, 1)

    caffe_flags = ("--fit square --resize 256 --interpolation bilinear --range 255 "
                   "--mean 104,117,123 --deviation 1 --channels bgr")
    return [
        ("open_nsfw, classes", nsfw, nsfw, "outputs", caffe_flags, caffe, lambda y: y),
        ("open_nsfw, features", nsfw, features, "Reshape:0",
         f"{caffe_flags} --output Reshape:0", caffe, lambda y: y),
        ("ViT-S, embedding", vit, vit, "embedding",
         "--output embedding --preprocessing vit", squeezed, lambda y: y),
        ("ViT-S, mean of tokens", vit, vit, "tokens",
         "--output tokens --pool mean --preprocessing clip", clip, lambda y: y.mean(1)),
        ("ViT-S, class token, preprocessor_config.json", configured, vit, "tokens",
         "--output tokens --pool cls", dino, lambda y: y[:, 0]),
    ]


def make(folder, nsfw):
    make_images(folder / "images")
    paths = sorted((folder / "images").iterdir())
    images = [Image.open(path).convert("RGB") for path in paths]
    model = onnx.load(nsfw)
    model.graph.output.append(onnx.ValueInfoProto(name="Reshape:0"))
    features = folder / "features.onnx"
    onnx.save(model, features)
    for name in ["vit", "configured"]:
        (folder / name).mkdir()
        export(folder / name / "model.onnx", 224, 16, 384, 12, 6, external=True)
    (folder / "configured/preprocessor_config.json").write_text(json.dumps({
        "image_processor_type": "BitImageProcessor", "do_resize": True,
        "size": {"shortest_edge": 256}, "do_center_crop": True,
        "crop_size": {"height": 224, "width": 224}, "resample": 3,
        "do_rescale": True, "rescale_factor": 0.00392156862745098,
        "do_normalize": True, "image_mean": IMAGENET[0], "image_std": IMAGENET[1]}))
    listed = []
    all_cases = cases(nsfw, features, folder / "vit/model.onnx",
                      folder / "configured/model.onnx")
    for i, (name, ours, theirs, output, flags, feed, pool) in enumerate(all_cases):
        session = onnxruntime.InferenceSession(str(theirs))
        (fed,) = session.get_inputs()
        rows = [pool(session.run([output], {fed.name: feed(image)[None]})[0])
                for image in images]
        np.save(folder / f"expected{i}.npy", np.concatenate(rows).astype(np.float32))
        listed.append({"name": name, "model": str(ours), "flags": flags.split()})
    (folder / "cases.json").write_text(json.dumps(listed))


def compare(folder):
    for i, case in enumerate(json.loads((folder / "cases.json").read_text())):
        expected = np.load(folder / f"expected{i}.npy")
        ours = np.load(folder / f"ours{i}.npy")
        assert ours.shape == expected.shape, (ours.shape, expected.shape)
        error = np.abs(ours - expected).max() / np.abs(expected).max()
        print(json.dumps({"encoder": case["name"], "images": len(ours),
                          "columns": ours.shape[1], "relativeError": float(error)}))


if __name__ == "__main__":
    command, folder, *rest = sys.argv[1:]
    {"make": make, "compare": compare}[command](Path(folder), *rest)
