//! The file of a backup before it is one: it has a name of its own, and is gone if it never becomes whole.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{BackupError, place};

/// A copy that is not whole yet: gone when it is dropped.
pub(super) struct Partial(PathBuf);

impl Partial {
    /// Makes it, for nobody's eyes but its owner's, in the folder of what it becomes.
    pub(super) fn of(file: &Path) -> Result<Self, BackupError> {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".partial-{}", Uuid::now_v7().simple()));
        let partial = PathBuf::from(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&partial).map_err(|error| place(file, error))?;
        Ok(Self(partial))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Brings it to the disk and gives it its name, if nobody took that meanwhile; its length.
    pub(super) fn become_whole(self, file: &Path) -> Result<u64, BackupError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(file.to_owned()),
            _ => place(file, error),
        };
        let copy = File::open(&self.0).map_err(failed)?;
        copy.sync_all().map_err(failed)?;
        let bytes = copy.metadata().map_err(failed)?.len();
        match fs::hard_link(&self.0, file) {
            Ok(()) => fs::remove_file(&self.0).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            // A filesystem without links cannot give a name only if it is free: looked at once more.
            Err(_) if file.symlink_metadata().is_ok() => {
                return Err(BackupError::Exists(file.to_owned()));
            }
            Err(_) => fs::rename(&self.0, file).map_err(failed)?,
        }
        if cfg!(unix) {
            let folder = file.parent().unwrap_or(Path::new("."));
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(failed)?;
        }
        Ok(bytes)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm", "-guard"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(suffix);
            // Mostly it is not there.
            let _ = fs::remove_file(name);
        }
    }
}
