//! The development backend's command line.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use backend::{
    cli::{self, Command},
    sample, server,
};

fn main() -> ExitCode {
    let done = match cli::parse(std::env::args_os()) {
        Ok(Command::Help) => {
            // The reader of the output may have stopped reading.
            drop(writeln!(io::stdout(), "{}", cli::HELP));
            Ok(())
        }
        Ok(Command::MakeSample { file, kind }) => sample::write(&file, kind),
        Ok(Command::Serve(options)) => server::run(options),
        Err(why) => Err(why),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            backend::log(&why);
            ExitCode::FAILURE
        }
    }
}
