//! The folder that is served. Nothing outside it can be named, not even through symbolic links.

use std::{
    fmt, fs, io,
    path::{Component, Path, PathBuf},
    time::UNIX_EPOCH,
};

/// The top folder, without symbolic links in its path.
#[derive(Clone, Debug)]
pub struct Root(PathBuf);

/// Why a name is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum NotFound {
    /// No such file or folder.
    Missing,
    /// It leads out of the top folder.
    Outside,
}

impl fmt::Display for NotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "does not exist.",
            Self::Outside => "is outside of the top folder.",
        })
    }
}

impl Root {
    /// Takes an existing folder.
    pub fn new(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if !path.is_dir() {
            return Err(io::Error::from(io::ErrorKind::NotADirectory));
        }
        Ok(Self(path))
    }

    /// Finds a folder, and a file in it if `file` is not empty. Both names come from the viewer;
    /// `$BASE` is the top folder.
    pub fn find(&self, directory: &str, file: &str) -> Result<PathBuf, NotFound> {
        let directory = match directory.strip_prefix("$BASE") {
            Some(rest) => rest,
            None => directory,
        };
        let mut path = self.0.clone();
        for component in Path::new(directory).components().chain(Path::new(file).components()) {
            match component {
                Component::Normal(name) => path.push(name),
                Component::CurDir | Component::RootDir => {}
                Component::ParentDir => {
                    path.pop();
                    if !path.starts_with(&self.0) {
                        return Err(NotFound::Outside);
                    }
                }
                Component::Prefix(_) => return Err(NotFound::Outside),
            }
        }
        let path = path.canonicalize().map_err(|_| NotFound::Missing)?;
        if path.starts_with(&self.0) { Ok(path) } else { Err(NotFound::Outside) }
    }

    /// The name of a folder as viewers know it: relative to the top.
    pub fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.0).unwrap_or(path).to_string_lossy().into_owned()
    }
}

/// When a file was last changed, in seconds since 1970.
pub fn modified(metadata: &fs::Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_found() {
        let outer = tempfile::tempdir().unwrap();
        let top = outer.path().join("top");
        fs::create_dir_all(top.join("sub")).unwrap();
        fs::write(outer.path().join("secret.fits"), "").unwrap();
        fs::write(top.join("sub/a.fits"), "").unwrap();
        let root = Root::new(&top).unwrap();
        assert!(root.find("sub", "a.fits").unwrap().ends_with("top/sub/a.fits"));
        assert!(root.find("/sub/", "a.fits").is_ok());
        assert!(root.find("$BASE/sub", "../sub/a.fits").is_ok());
        assert_eq!(root.find("sub", "b.fits"), Err(NotFound::Missing));
        assert_eq!(root.find("..", "secret.fits"), Err(NotFound::Outside));
        assert_eq!(root.find("sub", "../../secret.fits"), Err(NotFound::Outside));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret.fits", top.join("link.fits")).unwrap();
            assert_eq!(root.find("", "link.fits"), Err(NotFound::Outside));
        }
    }
}
