"""Uploaded bytes on disk: beside the state file, or in a folder that goes with the process."""

import contextlib
import tempfile
from collections.abc import AsyncIterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from simulator.ids import new_secret

BIGGEST = 1_000_000_000


@dataclass
class Upload:
    """A place for bytes to come, given out by `files.getUploadURLExternal`."""

    file_id: str
    name: str
    length: int
    user: str
    done: bool = False


@dataclass
class FileStore:
    folder: Path
    uploads: dict[str, Upload] = field(default_factory=dict)

    def path(self, file_id: str) -> Path:
        return self.folder / file_id

    def expect(self, upload: Upload) -> str:
        """The secret part of the upload's address."""
        token = new_secret(32)
        self.uploads[token] = upload
        return token

    def uploaded(self, file_id: str) -> Upload | None:
        return next((each for each in self.uploads.values() if each.file_id == file_id and each.done), None)

    def forget(self, upload: Upload) -> None:
        self.uploads = {token: each for token, each in self.uploads.items() if each is not upload}

    async def receive(self, upload: Upload, chunks: AsyncIterable[bytes]) -> bool:
        """Writes the bytes as they come; False if there are not as many as announced."""
        size = 0
        with self.path(upload.file_id).open("wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                if size > upload.length:
                    return False
                file.write(chunk)
        upload.done = size == upload.length
        return upload.done


@contextlib.contextmanager
def open_store(state_file: Path | None) -> Iterator[FileStore]:
    if state_file is not None:
        folder = state_file.with_name(f"{state_file.name}.files")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield FileStore(folder)
        return
    with tempfile.TemporaryDirectory(prefix="offline-workspace-") as temporary:
        yield FileStore(Path(temporary))
