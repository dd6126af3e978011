//! The pictures that OCR looks at: the file itself, or the pages of a PDF drawn one after the other. Holds one
//! drawn page at a time.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use rustix::fs::MemfdFlags;

use super::Ocr;
use crate::read::Reason;
use crate::worker::Program;

/// Dots per inch: what tesseract is trained for.
const RESOLUTION: &str = "300";
/// More dots on a page than this (A1 at 300 dpi) are drawn smaller.
const MOST_DOTS: u64 = 70_000_000;
/// The longer side, in dots, of a page that would be too large.
const SMALLER: &str = "8000";

/// One picture, as a file from its start.
pub(super) struct Picture {
    pub file: File,
    /// Which page of the file it is, from 1, when there are several.
    pub number: Option<u32>,
}

/// Where the pictures of a document come from.
pub(super) enum Pictures<'a> {
    File { file: &'a File, several: bool },
    Pdf(Drawing<'a>),
}

impl<'a> Pictures<'a> {
    pub fn of_file(file: &'a File, several: bool) -> Self {
        Pictures::File { file, several }
    }

    /// Of these pages of a PDF, to be asked for in this order.
    pub fn of_pdf(ocr: &'a Ocr, file: &'a File, pages: RangeInclusive<u32>) -> Self {
        Pictures::Pdf(Drawing {
            ocr,
            file,
            last: *pages.end(),
            running: None,
        })
    }

    pub fn page(&mut self, page: u32) -> Result<Picture, Reason> {
        let failed = |error: io::Error| Reason::Other(format!("OCR mislukt: {error}"));
        match self {
            Pictures::File { file, several } => Ok(Picture {
                file: file.try_clone().map_err(failed)?,
                number: several.then_some(page),
            }),
            Pictures::Pdf(drawing) => Ok(Picture {
                file: drawing.page(page)?,
                number: None,
            }),
        }
    }
}

/// pdftoppm, which draws page after page to its standard output.
pub(super) struct Drawing<'a> {
    ocr: &'a Ocr,
    file: &'a File,
    last: u32,
    running: Option<Program>,
}

enum Fault {
    /// The page is too large; its dots.
    Large,
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

impl Drawing<'_> {
    fn page(&mut self, page: u32) -> Result<File, Reason> {
        let seconds = self.ocr.settings.seconds;
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let drawn = self
            .next(page, &["-r", RESOLUTION], deadline)
            .or_else(|fault| {
                // The rest of what it draws belongs to this page.
                self.running = None;
                match fault {
                    Fault::Large => {
                        let smaller = self.next(page, &["-scale-to", SMALLER], deadline);
                        self.running = None;
                        smaller
                    }
                    fault => Err(fault),
                }
            });
        drawn.map_err(|fault| match fault {
            Fault::Large => Reason::Limit("de pagina is te groot om te tekenen".into()),
            Fault::Io(error) if error.kind() == io::ErrorKind::TimedOut => Reason::Limit(format!(
                "tekenen van een pagina duurt langer dan {seconds} seconden"
            )),
            Fault::Io(_) => Reason::Broken("deze pagina kan niet worden getekend voor OCR".into()),
        })
    }

    fn next(&mut self, page: u32, size: &[&str], deadline: Instant) -> Result<File, Fault> {
        let program = match &mut self.running {
            Some(program) => program,
            None => self
                .running
                .insert(start(self.ocr, self.file, page..=self.last, size)?),
        };
        picture(program, deadline)
    }
}

fn start(ocr: &Ocr, file: &File, pages: RangeInclusive<u32>, size: &[&str]) -> io::Result<Program> {
    let (first, last) = (pages.start().to_string(), pages.end().to_string());
    let mut arguments = vec!["-gray", "-f", &first, "-l", &last];
    arguments.extend(size);
    arguments.push("/dev/stdin");
    let mut file = file.try_clone()?;
    file.rewind()?;
    Program::start(&ocr.settings.program, "pdftoppm", &arguments, Some(file))
}

/// One picture in the format PGM ("P5", width, height, 255, and a byte a dot), copied to a file in memory.
fn picture(program: &mut Program, deadline: Instant) -> Result<File, Fault> {
    let head = head(program, deadline)?;
    let dots = head.width.saturating_mul(head.height);
    if dots > MOST_DOTS {
        return Err(Fault::Large);
    }
    let file = rustix::fs::memfd_create("pagina", MemfdFlags::CLOEXEC).map_err(io::Error::from)?;
    let mut file = File::from(file);
    write!(file, "P5\n{} {}\n255\n", head.width, head.height)?;
    let mut left = dots;
    let mut piece = vec![0; 256 * 1024];
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        match program.read(&mut piece[..most], deadline)? {
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            bytes => {
                file.write_all(&piece[..bytes])?;
                left -= bytes as u64;
            }
        }
    }
    Ok(file)
}

struct Head {
    width: u64,
    height: u64,
}

fn head(program: &mut Program, deadline: Instant) -> io::Result<Head> {
    let mut words = Vec::new();
    while words.len() < 4 {
        let word = word(program, deadline)?;
        if !word.is_empty() {
            words.push(word);
        }
    }
    let number = |word: &str| {
        word.parse::<u64>()
            .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    };
    if words[0] != "P5" || words[3] != "255" {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(Head {
        width: number(&words[1])?,
        height: number(&words[2])?,
    })
}

/// A word and the one white character behind it.
fn word(program: &mut Program, deadline: Instant) -> io::Result<String> {
    let mut word = String::new();
    loop {
        let mut byte = [0];
        match program.read(&mut byte, deadline)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            _ if byte[0].is_ascii_whitespace() => return Ok(word),
            _ if word.len() > 20 => return Err(io::ErrorKind::InvalidData.into()),
            _ => word.push(char::from(byte[0])),
        }
    }
}
