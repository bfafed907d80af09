//! The command line.

use std::{
    ffi::OsString,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    time::Duration,
};

use lexopt::{Arg, Parser, ValueExt};

/// What `--help` prints.
pub const HELP: &str = "\
A development backend that behaves as the real CARTA backend does.

  backend --root DIR [--port 3002] [--host 127.0.0.1] [--icd 28] [--token T]
          [--session-grace SECONDS] [--control] [--static DIR]
  backend make-sample FILE [--kind cube|continuum|stokes]

  --root DIR       folder whose FITS files are served
  --port N         0 picks a free port; the address is printed when ready
  --icd N          interface version that registering expects
  --token T        refuse sockets without this token
  --session-grace  keep a session for so many seconds after a drop
  --control        allow /control/... (from this machine only): drop, restart,
                   stall, busy-type, half-open, rate, refuse, delay, delay-type,
                   lose-next, die-of, survive, garbage, flood, icd, scripting,
                   sessions, frames
  --static DIR     serve the files of a folder over HTTP";

/// What to do.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Print the help.
    Help,
    /// Serve.
    Serve(Options),
    /// Write a sample image.
    MakeSample {
        /// Where to write it.
        file: PathBuf,
        /// Which one.
        kind: SampleKind,
    },
}

/// Which sample image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleKind {
    /// A spectral line cube of a rotating disk.
    #[default]
    Cube,
    /// A two-dimensional map.
    Continuum,
    /// A small cube with the Stokes planes I, Q, U and V.
    Stokes,
}

/// How to serve.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port, 0 for a free one.
    pub port: u16,
    /// Folder whose FITS files are served.
    pub root: PathBuf,
    /// Interface version that registering expects.
    pub icd: u16,
    /// Token that sockets must present.
    pub token: Option<String>,
    /// How long a session is kept after a drop.
    pub session_grace: Duration,
    /// Whether clients can ask for faults.
    pub control: bool,
    /// Folder whose files are served over HTTP.
    pub static_files: Option<PathBuf>,
}

/// Reads the command line, program name first.
///
/// # Errors
///
/// One line that says what is wrong.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = Parser::from_iter(arguments);
    parse_with(&mut parser).map_err(|why| format!("{why} (--help shows how)"))
}

fn parse_with(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options {
        host: Ipv4Addr::LOCALHOST.into(),
        port: 3002,
        root: PathBuf::new(),
        icd: 28,
        token: None,
        session_grace: Duration::ZERO,
        control: false,
        static_files: None,
    };
    let mut root = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("host") => options.host = parser.value()?.parse()?,
            Arg::Long("port") => options.port = parser.value()?.parse()?,
            Arg::Long("root") => root = Some(PathBuf::from(parser.value()?)),
            Arg::Long("icd") => options.icd = parser.value()?.parse()?,
            Arg::Long("token") => options.token = Some(parser.value()?.string()?),
            Arg::Long("session-grace") => {
                let seconds = parser.value()?.parse_with(|text| match text.parse::<f64>() {
                    Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|e| e.to_string()),
                    Err(why) => Err(why.to_string()),
                })?;
                options.session_grace = seconds;
            }
            Arg::Long("control") => options.control = true,
            Arg::Long("static") => options.static_files = Some(PathBuf::from(parser.value()?)),
            Arg::Value(word) if word == "make-sample" => return parse_sample(parser),
            Arg::Short(_) | Arg::Long(_) | Arg::Value(_) => return Err(argument.unexpected()),
        }
    }
    options.root = root.ok_or("--root DIR is missing")?;
    Ok(Command::Serve(options))
}

fn parse_sample(parser: &mut Parser) -> Result<Command, lexopt::Error> {
    let mut file = None;
    let mut kind = SampleKind::Cube;
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long("kind") => {
                kind = parser.value()?.parse_with(|text| match text {
                    "cube" => Ok(SampleKind::Cube),
                    "continuum" => Ok(SampleKind::Continuum),
                    "stokes" => Ok(SampleKind::Stokes),
                    _ => Err("must be cube, continuum or stokes"),
                })?;
            }
            Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            Arg::Short(_) | Arg::Long(_) | Arg::Value(_) => return Err(argument.unexpected()),
        }
    }
    Ok(Command::MakeSample { file: file.ok_or("make-sample needs the name of a file")?, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &str) -> Result<Command, String> {
        let words = std::iter::once("backend").chain(line.split_whitespace());
        parse(words.map(OsString::from))
    }

    #[test]
    fn options_are_read() {
        let Ok(Command::Serve(options)) =
            run("--port 0 --root /data --icd 30 --token t --session-grace 1.5 --control")
        else {
            panic!("not read");
        };
        assert_eq!((options.port, options.icd, options.control), (0, 30, true));
        assert_eq!(options.session_grace, Duration::from_millis(1500));
        assert!(matches!(
            run("make-sample x.fits --kind stokes"),
            Ok(Command::MakeSample { kind: SampleKind::Stokes, .. })
        ));
    }

    #[test]
    fn wrong_options_are_named() {
        for (line, word) in [
            ("", "--root"),
            ("--root x --port 99999", "99999"),
            ("--root x --frobnicate", "frobnicate"),
            ("--root x --session-grace -1", "-1"),
            ("--root x --host nowhere", "nowhere"),
            ("make-sample", "make-sample"),
            ("make-sample x --kind y", "continuum"),
        ] {
            let why = run(line).unwrap_err();
            assert!(why.contains(word) && !why.contains('\n'), "{line}: {why}");
        }
    }
}
