//! Files made by LibreOffice and pandoc, and the engines whose text is laid beside ours. Never judges a text.

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// LibreOffice's filter for text.
pub const TEXT: &str = "txt:Text (encoded):UTF8";
/// LibreOffice's filter for every sheet, as shown.
pub const SHEETS: &str =
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";

/// Another program that gives the text of a format.
pub struct Engine {
    /// What it is called in the table.
    pub name: &'static str,
    /// Its formats.
    pub formats: &'static [&'static str],
    command: &'static [&'static str],
}

const PDFIUM: &str = "import sys, pypdfium2
sys.stdout.reconfigure(encoding='utf-8', errors='replace')
for page in pypdfium2.PdfDocument(sys.argv[1]): print(page.get_textpage().get_text_range())";
const PPTX: &str = "import sys, pptx
def show(shapes):
    for s in shapes:
        if s.shape_type == 6: show(s.shapes)
        elif s.has_text_frame: print(s.text_frame.text)
        elif s.has_table:
            for r in s.table.rows: print(' '.join(c.text for c in r.cells))
for slide in pptx.Presentation(sys.argv[1]).slides:
    show(slide.shapes)
    if slide.has_notes_slide: print(slide.notes_slide.notes_text_frame.text)";

/// All engines; one that is not installed shows as `-`.
pub const ENGINES: &[Engine] = &[
    Engine {
        name: "pandoc",
        formats: &["docx", "odt", "rtf", "html", "epub"],
        command: &[
            "pandoc",
            "-t",
            "plain",
            "--wrap=none",
            "--track-changes=all",
            "-f",
            "{format}",
            "{in}",
        ],
    },
    Engine {
        name: "docx2txt",
        formats: &["docx"],
        command: &["docx2txt", "{in}", "-"],
    },
    Engine {
        name: "catdoc",
        formats: &["doc", "rtf"],
        command: &["catdoc", "-dutf-8", "-w", "{in}"],
    },
    Engine {
        name: "antiword",
        formats: &["doc"],
        command: &["antiword", "-m", "UTF-8.txt", "{in}"],
    },
    Engine {
        name: "unrtf",
        formats: &["rtf"],
        command: &["unrtf", "--text", "--nopict", "{in}"],
    },
    Engine {
        name: "odt2txt",
        formats: &["odt", "ods", "odp"],
        command: &["odt2txt", "--width=-1", "--encoding=UTF-8", "{in}"],
    },
    Engine {
        name: "xlsx2csv",
        formats: &["xlsx"],
        command: &["xlsx2csv", "-a", "{in}"],
    },
    Engine {
        name: "xls2csv",
        formats: &["xls"],
        command: &["xls2csv", "-dutf-8", "{in}"],
    },
    Engine {
        name: "catppt",
        formats: &["ppt"],
        command: &["catppt", "-dutf-8", "{in}"],
    },
    Engine {
        name: "python-pptx",
        formats: &["pptx"],
        command: &["python3", "-c", PPTX, "{in}"],
    },
    Engine {
        name: "mutool",
        formats: &["pdf", "epub"],
        command: &["mutool", "draw", "-q", "-F", "txt", "{in}"],
    },
    Engine {
        name: "pdfium",
        formats: &["pdf"],
        command: &["python3", "-c", PDFIUM, "{in}"],
    },
    Engine {
        name: "python email",
        formats: &["eml", "mbox"],
        command: &["python3", "-c", crate::mails::PYTHON, "{in}"],
    },
    Engine {
        name: "iconv",
        formats: &["txt"],
        command: &["iconv", "-f", "UTF-8", "-t", "UTF-8", "{in}"],
    },
];

impl Engine {
    /// The text of `file`, or nothing when it fails or runs for more than half a minute.
    pub fn text(&self, file: &Path, format: &str) -> Option<String> {
        let shown = file.to_string_lossy();
        let filled = self.command.iter().map(|part| match *part {
            "{in}" => shown.as_ref(),
            "{format}" => format,
            part => part,
        });
        output(Command::new("timeout").arg("30").args(filled))
    }

    /// Whether its program is there.
    pub fn installed(&self) -> bool {
        let program = self.command.first().copied().unwrap_or_default();
        let mut which = Command::new("which");
        let found = output(which.arg(program)).is_some();
        let module = match self.name {
            "pdfium" => "import pypdfium2",
            "python-pptx" => "import pptx",
            _ => return found,
        };
        found && output(Command::new("python3").args(["-c", module])).is_some()
    }
}

/// What a program prints, if it ends well.
pub fn output(command: &mut Command) -> Option<String> {
    let done = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    done.status
        .success()
        .then(|| String::from_utf8_lossy(&done.stdout).into_owned())
}

/// Converts `files` by LibreOffice into `folder`, two batches at a time. What is there already stays; a file
/// that LibreOffice cannot convert is not there afterwards.
pub fn convert(work: &Path, files: &[PathBuf], filter: &str, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let extension = filter.split(':').next().unwrap_or(filter);
    let missing = files.iter().filter(|file| {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        !folder.join(format!("{stem}.{extension}")).exists()
            && !folder.join(format!("{stem}.tried")).exists()
    });
    let missing: Vec<&PathBuf> = missing.collect();
    let batches: Vec<&[&PathBuf]> = missing.chunks(12).collect();
    in_parallel(batches.len(), |thread, at| {
        let mut command = libreoffice(work, thread);
        command
            .args(["--convert-to", filter, "--outdir"])
            .arg(folder)
            .args(batches[at]);
        let _ = output(&mut command);
        for file in batches[at] {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            fs::write(folder.join(format!("{stem}.tried")), "")?;
        }
        Ok(())
    })
}

/// LibreOffice with a profile of its own, stopped after ten minutes.
pub fn libreoffice(work: &Path, number: usize) -> Command {
    let mut command = Command::new("timeout");
    let profile = work.join(format!("profiel-{number}"));
    command.args(["600", "soffice", "--headless", "--norestore"]);
    command.arg(format!(
        "-env:UserInstallation=file://{}",
        profile.display()
    ));
    command
}

/// Calls `each(thread, n)` for every n below `count`, on two threads.
pub fn in_parallel(count: usize, each: impl Fn(usize, usize) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let run = |thread: usize| {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return Ok(());
            }
            each(thread, at)?;
        }
    };
    thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        run(0)?;
        other.join().ok().context("a thread panicked")?
    })
}

/// The text that LibreOffice gave for `file` (out of `folder`, see [`export`]).
pub fn reference(file: &Path, format: &str, folder: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_string_lossy();
    match format {
        "xlsx" | "xls" | "ods" => {
            let start = format!("{stem}-");
            let mut text = String::new();
            for entry in fs::read_dir(folder).ok()?.flatten() {
                if entry.file_name().to_string_lossy().starts_with(&start) {
                    text.push_str(&String::from_utf8_lossy(&fs::read(entry.path()).ok()?));
                    text.push('\n');
                }
            }
            (!text.is_empty()).then_some(text)
        }
        "pptx" | "ppt" | "odp" => pdftotext(&folder.join(format!("{stem}.pdf"))),
        _ => Some(
            String::from_utf8_lossy(&fs::read(folder.join(format!("{stem}.txt"))).ok()?)
                .into_owned(),
        ),
    }
}

/// The text of a PDF according to poppler.
pub fn pdftotext(file: &Path) -> Option<String> {
    output(
        Command::new("timeout")
            .args(["60", "pdftotext", "-q", "-enc", "UTF-8"])
            .arg(file)
            .arg("-"),
    )
}

/// Lets LibreOffice write the text of these files of one format.
pub fn export(work: &Path, files: &[PathBuf], format: &str, folder: &Path) -> Result<()> {
    let filter = match format {
        "xlsx" | "xls" | "ods" => SHEETS,
        "pptx" | "ppt" | "odp" => "pdf",
        "docx" | "doc" | "rtf" | "odt" | "html" => TEXT,
        _ => return Ok(()),
    };
    convert(work, files, filter, folder)
}
