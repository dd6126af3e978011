//! Makes `msg` files in memory: of a message within another one, and of items that come from a mailbox. What is
//! in them stays as it was, so that Outlook can open them too. Never reads properties for their meaning.

use std::io::{self, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use cfb::{CompoundFile, Version};

use super::props::{BINARY, MANY, Name, OBJECT, Prop, Props, STRING8, UNICODE};

/// The stream with the properties of fixed size.
pub(super) const PROPERTIES: &str = "__properties_version1.0";
/// The storage with the names of properties.
pub(super) const NAMES: &str = "__nameid_version1.0";
/// The streams in it: sets, entries, texts.
pub(super) const NAME_STREAMS: [&str; 3] = [
    "__substg1.0_00020102",
    "__substg1.0_00030102",
    "__substg1.0_00040102",
];
/// The name of the property that holds the folder an item lay in.
pub(in super::super) const FOLDER: &str = "zoekenvind-map";

/// From the beginning of time in such files, the first day of 1601, to that of this system.
const BEGINNING: Duration = Duration::from_secs(11_644_473_600);

/// A `msg` file in memory.
type Memory = CompoundFile<Cursor<Vec<u8>>>;

fn create() -> io::Result<Memory> {
    CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new()))
}

/// The bytes of the file. The same item gives the same bytes every time: that is how it is found again. So the
/// moments at which its storages were made here are not in them.
fn finish(mut file: Memory) -> io::Result<Vec<u8>> {
    let storages = file.walk().filter(|entry| !entry.is_stream());
    let storages: Vec<PathBuf> = storages.map(|entry| entry.path().to_owned()).collect();
    // As a file is written, this moment means: not known.
    let unknown = UNIX_EPOCH.checked_sub(BEGINNING).unwrap_or(UNIX_EPOCH);
    for path in storages {
        file.set_created_time(&path, unknown)?;
        file.set_modified_time(&path, unknown)?;
    }
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

fn put(file: &mut Memory, path: &Path, bytes: &[u8]) -> io::Result<()> {
    file.create_stream(path)?.write_all(bytes)
}

/// A storage as a file of its own. A message gets the longer header of an outermost one, and its names.
pub(in super::super) fn copy<F: Read + Seek>(
    from: &mut CompoundFile<F>,
    storage: &Path,
    is_message: bool,
    most: u64,
) -> io::Result<Vec<u8>> {
    let mut to = create()?;
    let mut left = most;
    copy_into(from, storage, Path::new("/"), &mut to, &mut left)?;
    if is_message {
        let names = Path::new("/").join(NAMES);
        if from.is_storage(&names) && !to.exists(&names) {
            to.create_storage(&names)?;
            copy_into(from, &names, &names, &mut to, &mut left)?;
        }
        let path = Path::new("/").join(PROPERTIES);
        let mut properties = Vec::new();
        to.open_stream(&path)?.read_to_end(&mut properties)?;
        let at = properties.len().min(24);
        properties.splice(at..at, [0; 8]);
        put(&mut to, &path, &properties)?;
    }
    finish(to)
}

fn copy_into<F: Read + Seek>(
    from: &mut CompoundFile<F>,
    storage: &Path,
    place: &Path,
    to: &mut Memory,
    left: &mut u64,
) -> io::Result<()> {
    let entries: Vec<(PathBuf, bool)> = from
        .walk_storage(storage)?
        .map(|entry| (entry.path().to_owned(), entry.is_stream()))
        .collect();
    for (path, is_stream) in entries {
        let relative = path.strip_prefix(storage).unwrap_or(&path);
        if relative.as_os_str().is_empty() {
            continue;
        }
        let target = place.join(relative);
        if !is_stream {
            to.create_storage(&target)?;
            continue;
        }
        let mut stream = to.create_stream(&target)?;
        let mut source = from.open_stream(&path)?;
        let copied = io::copy(&mut (&mut source).take(*left), &mut stream)?;
        *left -= copied;
        if *left == 0 && source.read(&mut [0])? > 0 {
            return Err(io::Error::other("groter dan het bestand waar het in zit"));
        }
    }
    Ok(())
}

/// Which kind of object properties belong to: it decides what stands before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Level {
    /// The message that the file is.
    Outermost,
    /// A message in another one.
    Enclosed,
    /// A receiver or an attachment.
    Part,
}

/// Writes an item property by property.
pub(in super::super) struct Writer {
    file: Memory,
    names: Vec<Name>,
}

impl Writer {
    /// An empty file.
    pub(in super::super) fn new() -> io::Result<Self> {
        Ok(Self {
            file: create()?,
            names: Vec::new(),
        })
    }

    /// Begins an object in the storage at `path`.
    pub(in super::super) fn storage(&mut self, path: &Path) -> io::Result<()> {
        self.file.create_storage(path)
    }

    /// Writes the properties of the object at `path`, which has so many receivers and attachments.
    pub(in super::super) fn properties(
        &mut self,
        path: &Path,
        level: Level,
        props: &Props,
        parts: (u32, u32),
    ) -> io::Result<()> {
        let mut table = vec![0; 8];
        if level != Level::Part {
            for count in [parts.0, parts.1, parts.0, parts.1] {
                table.extend(count.to_le_bytes());
            }
        }
        if level == Level::Outermost {
            table.extend([0; 8]);
        }
        for prop in props.list() {
            let id = self.number(prop);
            self.property(path, id, prop, &mut table)?;
        }
        put(&mut self.file, &path.join(PROPERTIES), &table)
    }

    /// The number of a property in this file: names get numbers of their own.
    fn number(&mut self, prop: &Prop) -> u16 {
        // A number of which the name was lost must not be that of another property.
        let lost = || Name::Id(Default::default(), prop.id.into());
        let name = match &prop.name {
            Some(name) => name.clone(),
            None if prop.id >= 0x8000 => lost(),
            None => return prop.id,
        };
        let known = self.names.iter().position(|known| *known == name);
        let place = known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        0x8000 | u16::try_from(place).unwrap_or(0x7fff)
    }

    fn property(
        &mut self,
        path: &Path,
        id: u16,
        prop: &Prop,
        table: &mut Vec<u8>,
    ) -> io::Result<()> {
        table.extend(prop.kind.to_le_bytes());
        table.extend(id.to_le_bytes());
        table.extend(6_u32.to_le_bytes());
        let base = prop.kind & !MANY;
        let single = prop.kind == base;
        let first = prop.values.first().map(Vec::as_slice).unwrap_or_default();
        let variable = matches!(base, STRING8 | UNICODE | BINARY | OBJECT | 0x48);
        if single && !variable {
            let mut value = [0; 8];
            let length = first.len().min(8);
            value[..length].copy_from_slice(&first[..length]);
            table.extend(value);
            return Ok(());
        }
        let name = path.join(stream(id, prop.kind));
        let size = if single {
            put(&mut self.file, &name, first)?;
            // The zero that ends a text is counted and not written.
            first.len() + usize::from(base == STRING8) + 2 * usize::from(base == UNICODE)
        } else if variable {
            self.many(&name, base, &prop.values)?
        } else {
            let all = prop.values.concat();
            put(&mut self.file, &name, &all)?;
            all.len()
        };
        table.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        table.extend([0; 4]);
        Ok(())
    }

    /// Several values of variable size: their lengths in one stream, every value in its own.
    fn many(&mut self, name: &Path, base: u16, values: &[Vec<u8>]) -> io::Result<usize> {
        let mut lengths = Vec::new();
        for (number, value) in values.iter().enumerate() {
            lengths.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
            if base == BINARY {
                lengths.extend([0; 4]);
            }
            let path = PathBuf::from(format!("{}-{number:08X}", name.display()));
            put(&mut self.file, &path, value)?;
        }
        put(&mut self.file, name, &lengths)?;
        Ok(lengths.len())
    }

    /// The file.
    pub(in super::super) fn finish(mut self) -> io::Result<Vec<u8>> {
        let (mut guids, mut entries, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let mut sets = Vec::new();
        for (place, name) in self.names.iter().enumerate() {
            let (Name::Id(guid, _) | Name::Text(guid, _)) = name;
            let set = sets.iter().position(|set| set == guid).unwrap_or_else(|| {
                sets.push(*guid);
                guids.extend(guid);
                sets.len() - 1
            });
            let value = match name {
                Name::Id(_, id) => *id,
                Name::Text(_, text) => {
                    let at = texts.len();
                    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                    texts.extend((units.len() as u32).to_le_bytes());
                    texts.extend(units);
                    texts.resize(texts.len().next_multiple_of(4), 0);
                    at as u32
                }
            };
            let kind = u16::from(matches!(name, Name::Text(..)));
            entries.extend(value.to_le_bytes());
            entries.extend((((set as u16 + 3) << 1) | kind).to_le_bytes());
            entries.extend((place as u16).to_le_bytes());
        }
        let storage = Path::new("/").join(NAMES);
        self.file.create_storage(&storage)?;
        for (name, bytes) in NAME_STREAMS.iter().zip([guids, entries, texts]) {
            put(&mut self.file, &storage.join(name), &bytes)?;
        }
        finish(self.file)
    }
}

fn stream(id: u16, kind: u16) -> String {
    format!("__substg1.0_{id:04X}{kind:04X}")
}
