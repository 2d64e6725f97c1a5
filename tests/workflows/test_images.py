import numpy as np
import pytest
from PIL import Image

from control.workflows.types import Unfit
from tests.workflows.running import picture, run, torch_picture

SIZES = [
    ((37, 51), (64, 96)),
    ((64, 96), (37, 51)),
    ((5, 7), (1, 40)),
    ((1, 1), (3, 2)),
    ((333, 17), (99, 100)),
]


@pytest.mark.parametrize("method", ["nearest-exact", "bilinear", "area", "bicubic"])
@pytest.mark.parametrize(("old", "new"), SIZES)
@pytest.mark.parametrize("channels", [3, 4])
def test_scaling_is_torchs(method, old, new, channels):
    image = picture(*old, channels=channels)
    height, width = new
    [got] = run("ImageScale", image=image, upscale_method=method, width=width, height=height, crop="disabled")
    np.testing.assert_allclose(got, torch_picture(image, width, height, method), atol=2e-6)


@pytest.mark.parametrize(("old", "new"), SIZES)
def test_lanczos_is_pillows(old, new):
    image = picture(*old, count=3)
    height, width = new
    [got] = run(
        "ImageScale", image=image, upscale_method="lanczos", width=width, height=height, crop="disabled"
    )
    for one, result in zip(image, got, strict=True):
        eight = Image.fromarray(np.floor(one * 255).astype(np.uint8), "RGB")
        want = np.array(eight.resize((width, height), Image.Resampling.LANCZOS))
        np.testing.assert_array_equal(np.round(result * 255), want)


def test_lanczos_weights_colours_by_alpha():
    image = np.zeros((1, 2, 2, 4), np.float32)
    image[0, :, 0] = (1, 0, 0, 1)
    image[0, :, 1] = (0, 1, 0, 0)
    [got] = run("ImageScale", image=image, upscale_method="lanczos", width=1, height=1, crop="disabled")
    np.testing.assert_allclose(got[0, 0, 0], (1, 0, 0, 128 / 255), atol=1 / 255)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ((60, 100), (50, 50), np.s_[:, :, 20:80]),
        ((100, 60), (50, 50), np.s_[:, 20:80, :]),
        ((37, 51), (64, 64), np.s_[:, :, 7:44]),
        ((37, 51), (64, 20), np.s_[:, :, 20:31]),
        ((30, 40), (60, 80), np.s_[:, :, :]),
    ],
)
@pytest.mark.parametrize("method", ["bilinear", "area"])
def test_what_is_too_wide_or_high_is_cut_at_both_sides(old, new, part, method):
    image = picture(*old)
    height, width = new
    [got] = run("ImageScale", image=image, upscale_method=method, width=width, height=height, crop="center")
    np.testing.assert_allclose(got, torch_picture(image[part], width, height, method), atol=2e-6)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(0, 0, (30, 41)), (82, 0, (60, 82)), (0, 15, (15, 20)), (1, 0, (1, 1)), (0, 1, (1, 1))],
)
def test_a_side_of_zero_follows_from_the_other(width, height, shape):
    image = picture(30, 41)
    [got] = run(
        "ImageScale", image=image, upscale_method="bilinear", width=width, height=height, crop="disabled"
    )
    np.testing.assert_allclose(got, torch_picture(image, shape[1], shape[0], "bilinear"), atol=2e-6)


@pytest.mark.parametrize(
    ("factor", "shape"), [(2.0, (74, 102)), (0.5, (18, 26)), (1.33, (49, 68)), (1.0, (37, 51))]
)
def test_scaling_by_a_factor(factor, shape):
    image = picture(37, 51)
    [got] = run("ImageScaleBy", image=image, upscale_method="bicubic", scale_by=factor)
    np.testing.assert_allclose(got, torch_picture(image, shape[1], shape[0], "bicubic"), atol=2e-6)


@pytest.mark.parametrize(
    ("old", "megapixels", "steps", "shape"),
    [
        ((300, 200), 0.25, 1, (627, 418)),
        ((100, 100), 0.01, 1, (102, 102)),
        ((300, 200), 0.25, 64, (640, 448)),
        ((512, 512), 0.25, 8, (512, 512)),
    ],
)
def test_scaling_to_megapixels(old, megapixels, steps, shape):
    image = picture(*old, count=1)
    [got] = run(
        "ImageScaleToTotalPixels",
        image=image,
        upscale_method="area",
        megapixels=megapixels,
        resolution_steps=steps,
    )
    np.testing.assert_allclose(got, torch_picture(image, shape[1], shape[0], "area"), atol=2e-6)


@pytest.mark.parametrize(
    ("old", "largest", "shape"),
    [((60, 100), 50, (30, 50)), ((100, 60), 51, (51, 31)), ((9, 9), 20, (20, 20))],
)
def test_scaling_to_a_largest_side(old, largest, shape):
    image = picture(*old)
    [got] = run("ImageScaleToMaxDimension", image=image, upscale_method="bilinear", largest_size=largest)
    np.testing.assert_allclose(got, torch_picture(image, shape[1], shape[0], "bilinear"), atol=2e-6)


@pytest.mark.parametrize(
    ("old", "new", "inner"),
    [
        ((30, 40), (50, 80), (50, 66)),
        ((30, 40), (61, 40), (30, 40)),
        ((9, 300), (20, 31), (1, 31)),
        ((7, 7), (7, 7), (7, 7)),
    ],
)
@pytest.mark.parametrize(("colour", "level"), [("white", 1), ("black", 0)])
def test_a_whole_picture_inside_a_frame(old, new, inner, colour, level):
    image = picture(*old)
    [got] = run("ResizeAndPadImage", image=image, target_width=new[1], target_height=new[0], padding_color=colour,
                interpolation="bilinear")  # fmt: skip
    over, left = (new[0] - inner[0]) // 2, (new[1] - inner[1]) // 2
    rest = ((0, 0), (over, new[0] - inner[0] - over), (left, new[1] - inner[1] - left), (0, 0))
    want = np.pad(torch_picture(image, inner[1], inner[0], "bilinear"), rest, constant_values=level)
    np.testing.assert_allclose(got, want, atol=2e-6)


@pytest.mark.parametrize(
    ("x", "y", "width", "height", "box"),
    [(3, 5, 10, 11, (3, 5, 13, 16)), (40, 0, 100, 2, (40, 0, 51, 2)), (500, 500, 9, 9, (50, 36, 51, 37))],
)
def test_cropping_ends_at_the_border(x, y, width, height, box):
    image = picture(37, 51)
    [got] = run("ImageCrop", image=image, width=width, height=height, x=x, y=y)
    eight = Image.fromarray((image[1] * 255).astype(np.uint8)).crop(box)
    np.testing.assert_array_equal((got[1] * 255).astype(np.uint8), np.array(eight))


@pytest.mark.parametrize(
    ("edges", "feathering"),
    [
        ((8, 0, 16, 24), 5),
        ((0, 3, 0, 0), 9),
        ((0, 0, 0, 0), 4),
        ((7, 7, 7, 7), 0),
        ((8, 8, 8, 8), 10),
        ((8, 8, 8, 8), 11),
    ],
)
def test_padding_for_outpainting(edges, feathering):
    left, top, right, bottom = edges
    height, width = 21, 27
    image = picture(height, width, channels=4)
    got, mask = run(
        "ImagePadForOutpaint",
        image=image,
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        feathering=feathering,
    )
    want = np.pad(image, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=0.5)
    np.testing.assert_array_equal(got, want)
    inside = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            ways = [(top, i), (bottom, height - i), (left, j), (right, width - j)]
            distance = min([far for extended, far in ways if extended], default=1000)
            if distance < feathering and 2 * feathering < min(height, width):
                inside[i, j] = ((feathering - distance) / feathering) ** 2
    want = np.pad(inside, ((top, bottom), (left, right)), constant_values=1)
    np.testing.assert_allclose(mask, want[None], atol=1e-6)


def test_a_batch_of_two_sizes_takes_the_first_ones():
    first, second = picture(30, 41), picture(60, 41, count=1, seed=5)
    [got] = run("ImageBatch", image1=first, image2=second)
    np.testing.assert_array_equal(got[:2], first)
    np.testing.assert_allclose(got[2:], torch_picture(second[:, 15:45], 41, 30, "bilinear"), atol=2e-6)


@pytest.mark.parametrize("channels", [(3, 4), (4, 3)])
def test_who_has_no_alpha_is_opaque_in_a_batch(channels):
    first, second = (picture(9, 8, channels=count, seed=count) for count in channels)
    [got] = run("ImageBatch", image1=first, image2=second)
    place = channels.index(3)
    assert (got[2 * place : 2 * place + 2, ..., 3] == 1).all()
    np.testing.assert_array_equal(got[..., :3], np.vstack([first[..., :3], second[..., :3]]))


@pytest.mark.parametrize(
    ("start", "length", "places"), [(0, 1, [0]), (1, 2, [1, 2]), (3, 9, [3, 4]), (9, 1, [4])]
)
def test_part_of_a_batch(start, length, places):
    image = picture(4, 5, count=5)
    [got] = run("ImageFromBatch", image=image, batch_index=start, length=length)
    np.testing.assert_array_equal(got, np.stack([image[place] for place in places]))


def test_repeating_a_batch():
    image = picture(4, 5)
    [got] = run("RepeatImageBatch", image=image, amount=3)
    np.testing.assert_array_equal(got, np.stack([image[place] for place in (0, 1, 0, 1, 0, 1)]))


def test_an_empty_picture_has_its_colour():
    [got] = run("EmptyImage", width=5, height=3, batch_size=2, color=0x3366FF)
    want = Image.new("RGB", (5, 3), "#3366ff")
    for one in got:
        np.testing.assert_array_equal(np.round(one * 255), np.array(want))
    assert got.shape == (2, 3, 5, 3)


@pytest.mark.parametrize(
    ("name", "option", "how"),
    [
        ("ImageFlip", {"flip_method": "x-axis: vertically"}, Image.Transpose.FLIP_TOP_BOTTOM),
        ("ImageFlip", {"flip_method": "y-axis: horizontally"}, Image.Transpose.FLIP_LEFT_RIGHT),
        ("ImageRotate", {"rotation": "none"}, None),
        ("ImageRotate", {"rotation": "90 degrees"}, Image.Transpose.ROTATE_270),
        ("ImageRotate", {"rotation": "180 degrees"}, Image.Transpose.ROTATE_180),
        ("ImageRotate", {"rotation": "270 degrees"}, Image.Transpose.ROTATE_90),
    ],
)
def test_turning_is_pillows(name, option, how):
    image = picture(6, 9)
    [got] = run(name, image=image, **option)
    for one, result in zip(image, got, strict=True):
        eight = Image.fromarray((one * 255).astype(np.uint8))
        eight = eight if how is None else eight.transpose(how)
        np.testing.assert_array_equal((result * 255).astype(np.uint8), np.array(eight))


def test_the_size_of_a_picture():
    assert run("GetImageSize", image=picture(6, 9, count=3)) == (9, 6, 3)


@pytest.mark.parametrize(
    ("name", "inputs", "blamed"),
    [
        ("EmptyImage", {"width": 9000, "height": 9000}, "width"),
        ("EmptyImage", {"width": 1024, "height": 1024, "batch_size": 65}, "width"),
        ("ImageScaleBy", {"image": picture(4, 3000), "upscale_method": "area", "scale_by": 8.0}, "scale_by"),
        ("ImageScaleBy", {"image": picture(4, 4), "upscale_method": "area", "scale_by": 0.01}, "scale_by"),
        ("ImageScaleToMaxDimension", {"image": picture(4, 4), "upscale_method": "area", "largest_size": 0}, "largest_size"),
        ("RepeatImageBatch", {"image": picture(256, 256, 1), "amount": 1025}, "amount"),
        ("ImagePadForOutpaint", {"image": picture(8, 8), "left": 16384}, "left"),
        ("CropMask", {"mask": picture(8, 8)[..., 0], "x": 8}, "x"),
    ],
)  # fmt: skip
def test_what_would_not_fit_or_be_empty_names_its_input(name, inputs, blamed):
    with pytest.raises(Unfit) as refused:
        run(name, **inputs)
    assert refused.value.name == blamed
    assert str(refused.value).endswith(".")


def test_what_just_fits_is_made():
    [got] = run("EmptyImage", width=16384, height=2, batch_size=1, color=1)
    assert got.shape == (1, 2, 16384, 3)
