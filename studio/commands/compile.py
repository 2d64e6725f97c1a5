"""`studio compile`: a checkpoint's networks as they lie in memory, on disk, so that they load in a second."""

import time

from click import argument, command, option
from rich.console import Console

from ensembles.engine.bind import COMPILED_ON, compile_network
from ensembles.engine.compiled import FOLDER, remove_compiled
from ensembles.engine.errors import EngineError
from ensembles.engine.graph import PARTS, read_meta
from ensembles.engine.int8 import published_int8
from ensembles.engine.providers import choose_providers
from ensembles.engine.weights import open_weights
from studio.errors import StudioError
from studio.settings import read_settings
from studio.triton.repository import published


@command()
@argument("name")
@option("--off", is_flag=True, help="Remove what was compiled; the checkpoint loads from its weights again.")
def compile(name: str, off: bool) -> None:
    """Keep the networks of checkpoint NAME on disk as the CPU wants them, about 1.3 times their size in float32.

    They then load in about a second, also when the watchdog starts one anew. Serving takes them up when it starts
    next. What does not fit this onnxruntime or CPU any more is passed over: compile again after an upgrade.
    """
    settings = read_settings()
    if name not in published(settings.home):
        raise StudioError(f"There is no checkpoint {name}; `studio models` lists those there are.")
    console = Console(stderr=True)
    folder = settings.home / "models" / name
    if off:
        done = remove_compiled(folder)
        console.print(f"{name} loads from its weights again." if done else f"{name} was not compiled.")
        return
    try:
        provider = choose_providers(settings.providers or None)[0][0]
        if provider not in COMPILED_ON:
            raise StudioError(
                f"{provider} runs the networks here, but only the CPU's are compiled: set STUDIO_PROVIDERS=cpu, "
                "or do without."
            )
        for network in sorted(path.stem for path in (folder / "graphs").glob("*.onnx")):
            if published_int8(folder, network):
                console.print(f"{network} is in 8 bits, which is not compiled: it loads from its weights.")
                continue
            started = time.perf_counter()
            size = compile_network(
                folder / "graphs" / f"{network}.onnx",
                open_weights(folder, PARTS[network]),
                read_meta(folder / "graphs" / f"{network}.json").parameters,
                folder / FOLDER / network,
            )
            console.print(
                f"{network}: {size / 1e6:,.0f} MB in {time.perf_counter() - started:.1f} s", highlight=False
            )
    except EngineError as error:
        raise StudioError(str(error)) from error
    console.print(f"Kept in {folder / FOLDER}; `studio serve` takes it up when it starts next.")
