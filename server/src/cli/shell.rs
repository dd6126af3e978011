//! `aanvulling` and `handleidingen`: what a shell and `man` know of the program, made from its own arguments. Never
//! installs anything.

use super::args::Arguments;
use super::exit::Failure;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// Headings of a manual page, which its library knows in English.
const HEADINGS: [(&str, &str); 7] = [
    (".SH NAME", ".SH NAAM"),
    (".SH SYNOPSIS", ".SH GEBRUIK"),
    (".SH DESCRIPTION", ".SH BESCHRIJVING"),
    (".SH OPTIONS", ".SH OPTIES"),
    (".SH SUBCOMMANDS", ".SH OPDRACHTEN"),
    (".SH EXTRA", ".SH \"VERDER\""),
    (".SH VERSION", ".SH VERSIE"),
];

/// Prints what completes commands in `shell`.
pub fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    clap_complete::generate(
        shell,
        &mut Arguments::command(),
        "zoekenvind",
        &mut io::stdout(),
    );
    Ok(ExitCode::SUCCESS)
}

/// Writes a manual page of each command to `folder`.
pub fn manuals(folder: &Path) -> Result<ExitCode, Failure> {
    let mut program = Arguments::command();
    program.build();
    write(&program, "zoekenvind", folder)?;
    Ok(ExitCode::SUCCESS)
}

fn write(command: &Command, name: &str, folder: &Path) -> io::Result<()> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for (english, dutch) in HEADINGS {
        page = page.replace(english, dutch);
    }
    std::fs::write(folder.join(format!("{name}.1")), page)?;
    let below = command
        .get_subcommands()
        .filter(|below| !below.is_hide_set());
    below
        .into_iter()
        .try_for_each(|below| write(below, &format!("{name}-{}", below.get_name()), folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_a_manual_in_dutch() {
        let folder = tempfile::tempdir().expect("folder");
        manuals(folder.path()).expect("written");
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect(name);
        let main = read("zoekenvind.1");
        assert!(
            main.contains(".SH NAAM") && main.contains("zoekenvind\\-zoek"),
            "{main}"
        );
        for (english, _) in HEADINGS {
            assert!(!main.contains(english), "{english}");
        }
        let deep = read("zoekenvind-audit-controleer.1");
        assert!(deep.contains(".SH OPTIES"), "{deep}");
        assert!(!folder.path().join("zoekenvind-handleidingen.1").exists());
    }
}
