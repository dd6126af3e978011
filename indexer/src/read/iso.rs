//! Images of CDs and DVDs (ISO 9660 with the names of Joliet or Rock Ridge): every file in it a child document, which
//! stands in the image as it is. Never uses a name as a path, and walks every folder once.

use std::collections::HashSet;
use std::io::{Seek, SeekFrom};

use super::archive::{harmless, too_many};
use super::counted::{Counted, Expected};
use super::encoding::read_full;
use super::rtf::charset::Charset;
use super::{Input, Limits, Outcome, Output, Reason, Source, Stop};

/// Size of a sector, and the first that says what is in the image.
const SECTOR: u64 = 2048;
const FIRST: u64 = 16;
/// Descriptions beyond this number are not honest.
const MOST_DESCRIPTIONS: u64 = 64;
/// Lists of files are held in memory: so many bytes of them are looked at.
const MOST_OF_FOLDERS: u64 = 64 << 20;
/// Bytes handed over at a time.
const CHUNK: usize = 64 << 10;

/// Reads one `iso` image.
pub fn read_iso(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let mut image = Image {
        size: input.size,
        file: &mut input.file,
        wide: false,
        left: MOST_OF_FOLDERS,
        trouble: None,
    };
    let Some(root) = image.root() else {
        let reason = "de opbouw van deze schijfkopie klopt niet";
        return Outcome::Unreadable(Reason::Broken(reason.into()));
    };
    let files = image.files(root);
    let mut counted = Counted::new("onderdelen", output);
    let given = image.give(&files, limits, &mut counted);
    let outcome = match (given, image.trouble) {
        (Err(stop), _) => stop.into(),
        (Ok(Some(reason)), _) | (Ok(None), Some(reason)) => Outcome::Partial(reason),
        (Ok(None), None) => Outcome::Whole,
    };
    let expected = match image_is_known(&outcome) {
        true => Expected::Known(files.len() as u64),
        false => Expected::AtLeast(files.len() as u64),
    };
    counted.tell(outcome, expected)
}

/// Damage may hide files; a limit does not.
fn image_is_known(outcome: &Outcome) -> bool {
    !matches!(outcome, Outcome::Partial(Reason::Broken(_)))
}

/// A part of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Extent {
    at: u64,
    size: u64,
}

/// A file or folder in a list.
struct Entry {
    name: String,
    folder: bool,
    /// More of the same file follows in the next entry.
    continues: bool,
    extent: Extent,
}

/// A file with its folders in its name.
struct File {
    name: String,
    extents: Vec<Extent>,
}

struct Image<'f> {
    file: &'f mut Source,
    size: u64,
    /// Names are in UTF-16 (Joliet).
    wide: bool,
    /// Bytes of folders that may still be looked at.
    left: u64,
    /// The first thing that went wrong.
    trouble: Option<Reason>,
}

impl Image<'_> {
    /// The outermost folder, in the description with the best names.
    fn root(&mut self) -> Option<Extent> {
        let mut root = None;
        for number in FIRST..FIRST + MOST_DESCRIPTIONS {
            let description = self.bytes(Extent {
                at: number * SECTOR,
                size: SECTOR,
            });
            if description.get(1..6) != Some(b"CD001") {
                break;
            }
            let joliet = matches!(description.get(88..91), Some(b"%/@" | b"%/C" | b"%/E"));
            let entry = || record(&description, 156, false).map(|(entry, _)| entry.extent);
            match description[0] {
                1 if root.is_none() => root = entry(),
                2 if joliet => {
                    self.wide = true;
                    return entry().or(root);
                }
                255 => break,
                _ => {}
            }
        }
        root
    }

    /// As much as there is of a part of the image.
    fn bytes(&mut self, extent: Extent) -> Vec<u8> {
        let there = self.size.saturating_sub(extent.at).min(extent.size);
        let mut bytes = vec![0; usize::try_from(there).unwrap_or(0)];
        let read = self
            .file
            .seek(SeekFrom::Start(extent.at))
            .and_then(|_| read_full(&mut self.file, &mut bytes));
        bytes.truncate(read.unwrap_or(0));
        bytes
    }

    /// All files, folder by folder.
    fn files(&mut self, root: Extent) -> Vec<File> {
        let mut files = Vec::new();
        let mut seen = HashSet::new();
        let mut open = vec![(String::new(), root)];
        while let Some((path, extent)) = open.pop() {
            if !seen.insert(extent.at) {
                continue;
            }
            if extent.size > self.left || extent.at + extent.size > self.size {
                self.damaged("een map in deze schijfkopie is niet te lezen");
            }
            let size = extent.size.min(self.left);
            self.left -= size;
            let list = self.bytes(Extent { size, ..extent });
            let mut folders = Vec::new();
            self.folder(&list, &path, &mut files, &mut folders);
            open.extend(folders.into_iter().rev());
        }
        files
    }

    /// Takes the list of a folder.
    fn folder(
        &mut self,
        list: &[u8],
        path: &str,
        files: &mut Vec<File>,
        folders: &mut Vec<(String, Extent)>,
    ) {
        let sector = SECTOR as usize;
        let (mut at, mut continues) = (0, false);
        while at < list.len() {
            // Entries do not cross the border of a sector; zeros fill it.
            if list[at] == 0 {
                at = (at / sector + 1) * sector;
                continue;
            }
            let Some((entry, next)) = record(list, at, self.wide) else {
                self.damaged("een deel van een map in deze schijfkopie is niet te lezen");
                at = (at / sector + 1) * sector;
                continue;
            };
            at = next;
            // The folder itself, and the one around it.
            if matches!(entry.name.as_str(), "" | "\0" | "\u{1}") {
                continue;
            }
            let name = format!("{path}{}", harmless(&entry.name));
            match files.last_mut() {
                _ if entry.folder => folders.push((format!("{name}/"), entry.extent)),
                Some(file) if continues => file.extents.push(entry.extent),
                _ => files.push(File {
                    name,
                    extents: vec![entry.extent],
                }),
            }
            continues = entry.continues && !entry.folder;
        }
    }

    fn damaged(&mut self, what: &str) {
        self.trouble
            .get_or_insert_with(|| Reason::Broken(what.to_owned()));
    }

    /// Hands over the files; the result tells of a limit.
    fn give(
        &mut self,
        files: &[File],
        limits: &Limits,
        output: &mut dyn Output,
    ) -> Result<Option<Reason>, Stop> {
        for (number, file) in files.iter().enumerate() {
            if number as u64 >= u64::from(limits.children) {
                return Ok(Some(too_many(limits)));
            }
            output.begin_child(&file.name, "")?;
            let mut whole = true;
            for extent in &file.extents {
                whole &= self.extent(*extent, output)?;
            }
            let cut =
                || Reason::Broken("de schijfkopie houdt op voor het einde van dit bestand".into());
            if !whole {
                self.trouble.get_or_insert_with(cut);
            }
            output.end_child((!whole).then(cut))?;
        }
        Ok(None)
    }

    /// Hands over a part of a file. Says whether all of it was there.
    fn extent(&mut self, extent: Extent, output: &mut dyn Output) -> Result<bool, Stop> {
        let end = extent.at.saturating_add(extent.size).min(self.size);
        let mut at = extent.at;
        while at < end {
            let size = (end - at).min(CHUNK as u64);
            let bytes = self.bytes(Extent { at, size });
            if bytes.is_empty() {
                return Ok(false);
            }
            output.child_part(at, &bytes)?;
            at += bytes.len() as u64;
        }
        Ok(end == extent.at.saturating_add(extent.size))
    }
}

/// The entry at a place in a list, and where the next one begins.
fn record(list: &[u8], at: usize, wide: bool) -> Option<(Entry, usize)> {
    const FOLDER: u8 = 2;
    const CONTINUES: u8 = 0x80;
    let length = usize::from(*list.get(at)?);
    let entry = list
        .get(at..at + length)
        .filter(|entry| entry.len() >= 34)?;
    let number = |at: usize| {
        let bytes = entry[at..at + 4].iter().rev();
        bytes.fold(0_u64, |all, byte| all << 8 | u64::from(*byte))
    };
    let length = usize::from(entry[32]);
    let name = entry.get(33..33 + length)?;
    // What other systems add begins at an even place.
    let more = entry
        .get((33 + length).next_multiple_of(2)..)
        .unwrap_or_default();
    let flags = entry[25];
    let mut name = match (rock_ridge(more), wide) {
        (Some(name), false) => name,
        (_, true) if length > 1 => {
            let name = encoding_rs::UTF_16BE.decode_without_bom_handling(name).0;
            name.into_owned()
        }
        _ => text(name),
    };
    // The number of the version.
    if let Some(bare) = name.strip_suffix(";1") {
        name = bare.trim_end_matches('.').to_owned();
    }
    // Attributes may come before the file itself.
    let found = Entry {
        name,
        folder: flags & FOLDER != 0,
        continues: flags & CONTINUES != 0,
        extent: Extent {
            at: (number(2) + u64::from(entry[1])) * SECTOR,
            size: number(10),
        },
    };
    Some((found, at + entry.len()))
}

/// The name that a Unix system gave the file.
fn rock_ridge(mut more: &[u8]) -> Option<String> {
    let mut name: Vec<u8> = Vec::new();
    while let Some(&length) = more.get(2) {
        let field = more.get(..usize::from(length)).filter(|it| it.len() >= 4)?;
        if field.starts_with(b"NM") {
            // Flags for `.` and `..` stand for no name.
            let plain = field.get(4).is_some_and(|flags| flags & 6 == 0);
            name.extend_from_slice(field.get(5..).filter(|_| plain)?);
        }
        more = &more[field.len()..];
    }
    (!name.is_empty()).then(|| text(&name))
}

fn text(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => Charset::default().text(name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::package::testing::survives_damage;
    use super::super::testing::{Collected, input, limits, read_bytes};
    use super::*;

    fn number(value: u32) -> Vec<u8> {
        [value.to_le_bytes(), value.to_be_bytes()].concat()
    }

    fn entry(name: &[u8], flags: u8, sector: u32, size: u32, more: &[u8]) -> Vec<u8> {
        let mut entry = vec![0, 0];
        entry.extend(number(sector));
        entry.extend(number(size));
        entry.extend([
            119,
            3,
            1,
            10,
            0,
            0,
            0,
            flags,
            0,
            0,
            1,
            0,
            0,
            1,
            name.len() as u8,
        ]);
        entry.extend(name);
        entry.resize(entry.len().next_multiple_of(2), 0);
        entry.extend(more);
        entry.resize(entry.len().next_multiple_of(2), 0);
        entry[0] = entry.len() as u8;
        entry
    }

    fn utf16(name: &str) -> Vec<u8> {
        name.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    fn description(kind: u8, marks: &[u8], root: u32) -> Vec<u8> {
        let mut bytes = [&[kind], b"CD001\x01".as_slice()].concat();
        bytes.resize(88, 0);
        bytes.extend(marks);
        bytes.resize(156, 0);
        bytes.extend(entry(&[0], 2, root, 2048, &[]));
        bytes
    }

    /// An image with a letter, and a folder with a note in two parts. With or without Joliet.
    fn image(joliet: bool) -> Vec<u8> {
        let dots = |own: u32| {
            [
                entry(&[0], 2, own, 2048, &[]),
                entry(&[1], 2, 20, 2048, &[]),
            ]
            .concat()
        };
        let names = |short: &str, long: &str| match joliet {
            true => (utf16(long), Vec::new()),
            false => {
                let mut more = [b"NM".as_slice(), &[long.len() as u8 + 5, 1, 0]].concat();
                more.extend(long.bytes());
                (short.as_bytes().to_vec(), more)
            }
        };
        let (letter, letter_more) = names("BRIEF.TXT;1", "Brief van de burgemeester.txt;1");
        let (folder, folder_more) = names("MAP", "Map één");
        let (note, note_more) = names("NOTA.TXT;1", "nota.txt");
        let sectors = [
            description(1, &[], if joliet { 90 } else { 20 }),
            if joliet {
                description(2, b"%/E", 20)
            } else {
                description(0, &[], 0)
            },
            [&[255], b"CD001\x01".as_slice()].concat(),
            Vec::new(),
            [
                dots(20),
                entry(&letter, 0, 22, 9, &letter_more),
                entry(&folder, 2, 21, 2048, &folder_more),
            ]
            .concat(),
            [
                dots(21),
                entry(&note, 0x80, 23, 2048, &note_more),
                entry(&note, 0, 24, 3, &note_more),
            ]
            .concat(),
            b"Beste Jan".to_vec(),
            vec![b'n'; 2048],
            b"ota".to_vec(),
        ];
        let mut bytes = vec![0; 16 * 2048];
        for mut sector in sectors {
            sector.resize(2048, 0);
            bytes.extend(sector);
        }
        bytes
    }

    #[test]
    fn every_file_is_a_child_with_its_folder_and_its_long_name() {
        for joliet in [true, false] {
            let (format, out, outcome) = read_bytes("schijf.iso", &image(joliet));
            assert_eq!((format.as_str(), outcome), ("iso", Outcome::Whole));
            let names: Vec<&str> = out.children.iter().map(|c| c.name.as_str()).collect();
            assert_eq!(names, ["Brief van de burgemeester.txt", "Map één/nota.txt"]);
            assert_eq!(out.children[0].bytes, b"Beste Jan");
            let note = &out.children[1].bytes;
            assert_eq!((note.len(), note.ends_with(b"nota")), (2051, true));
            assert_eq!(out.values("onderdelen verwacht"), ["2"]);
            assert_eq!(out.values("onderdelen niet gelezen"), ["0"]);
        }
    }

    #[test]
    fn an_image_that_is_cut_off_says_which_file_is_not_whole() {
        let whole = image(true);
        let (_, out, outcome) = read_bytes("x", &whole[..whole.len() - 3000]);
        assert!(
            matches!(outcome, Outcome::Partial(Reason::Broken(_))),
            "{outcome:?}"
        );
        assert_eq!(out.children[0].unreadable, None);
        assert!(out.children[1].unreadable.is_some());
        assert_eq!(out.values("onderdelen niet gelezen"), ["ten minste 1"]);
    }

    #[test]
    fn a_full_image_and_a_folder_in_itself_end() {
        let one = Limits {
            children: 1,
            ..limits()
        };
        let mut out = Collected::default();
        let outcome = read_iso(&mut input("x", &image(true)), &one, &mut out);
        assert!(matches!(outcome, Outcome::Partial(Reason::Limit(_))));
        assert_eq!(out.values("onderdelen verwacht"), ["2"]);
        let mut round = image(false);
        let at = round.windows(3).rposition(|part| part == b"MAP").unwrap() - 33;
        round[at + 2] = 20;
        let (_, out, _) = read_bytes("x", &round);
        assert_eq!(out.children.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn damage_never_panics(
            joliet: bool,
            cut: prop::sample::Index,
            flips in prop::collection::vec((16 * 2048usize..25 * 2048, any::<u8>()), 0..8),
        ) {
            let mut bytes = image(joliet);
            for (at, value) in flips {
                bytes[at] ^= value;
            }
            survives_damage(&bytes, cut, &[], |bytes| { read_bytes("a.iso", bytes); });
        }
    }
}
