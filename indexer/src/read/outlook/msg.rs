//! Items in files of their own (`msg`): an OLE file with a stream for every property ([MS-OXMSG]). Holds the
//! properties in memory and hands attachments over as they are read. Never gives a meaning to properties.

use std::io::Read;
use std::path::{Path, PathBuf};

use cfb::CompoundFile;

use super::super::archive::too_many;
use super::super::{Input, Limits, Outcome, Output, Reason, Source, Stop, beyond, eml, smime};
use super::attach;
use super::message::{self, Given};
use super::props::{BINARY, MANY, Names, OBJECT, Prop, Props, STRING8, UNICODE, names, u16_at};
use super::store::{self, NAME_STREAMS, NAMES, PROPERTIES};

/// Values of properties together; attachments come apart from this.
const MOST_BYTES: u64 = 256 << 20;
/// An enclosed message or object, which is held in memory whole.
const MOST_COPY: u64 = 512 << 20;
/// The number of the property that holds the content of an attachment.
const CONTENT: u16 = 0x3701;

/// Reads one `msg` item.
pub fn read_msg(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let size = input.size;
    let file = match CompoundFile::open(&mut input.file) {
        Ok(file) => file,
        Err(_) => {
            let reason = "de opbouw van het bestand klopt niet";
            return Outcome::Unreadable(Reason::Broken(reason.into()));
        }
    };
    let mut msg = Msg {
        file,
        names: Names::new(),
        left: MOST_BYTES,
        size,
        trouble: None,
    };
    beyond::the_text(output, |output| match msg.write(limits, output) {
        Err(stop) => stop.into(),
        Ok(gave) => match msg.trouble {
            None => Outcome::Whole,
            Some(reason) if gave => Outcome::Partial(reason),
            Some(reason) => Outcome::Unreadable(reason),
        },
    })
}

struct Msg<'f> {
    file: CompoundFile<&'f mut Source>,
    names: Names,
    /// Bytes of values that may still be read.
    left: u64,
    size: u64,
    /// The first thing that went wrong.
    trouble: Option<Reason>,
}

impl Msg<'_> {
    /// Writes everything. Says whether there was anything to read.
    fn write(&mut self, limits: &Limits, output: &mut dyn Output) -> Result<bool, Stop> {
        let root = Path::new("/");
        self.read_names();
        let props = Props::new(self.properties(root, 32));
        let recipients: Vec<Props> = self
            .storages("__recip_version1.0_")
            .iter()
            .map(|path| Props::new(self.properties(path, 8)).with_charset_of(&props))
            .collect();
        let written = message::write(&props, &recipients, output)?;
        if let Some(reason) = written.trouble {
            self.trouble.get_or_insert(reason);
        }
        let (mut number, mut gave) = (0, written.text);
        let mut given = Given::default();
        for path in self.storages("__attach_version1.0_") {
            let part = Props::new(self.properties(&path, 8)).with_charset_of(&props);
            if attach::is_decoration(&part, &written.shown) {
                continue;
            }
            if number >= limits.children {
                self.trouble.get_or_insert(too_many(limits));
                break;
            }
            number += 1;
            self.attachment(&path, &part, number, &mut given, output)?;
            gave |= self.trouble.as_ref() != Some(&eml::locked("S/MIME"));
        }
        Ok(gave)
    }

    fn attachment(
        &mut self,
        path: &Path,
        part: &Props,
        number: u32,
        given: &mut Given,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        let name = attach::name(part, number);
        let storage = path.join(format!("__substg1.0_{CONTENT:04X}{OBJECT:04X}"));
        if self.file.is_storage(&storage) {
            return self.object(&storage, &name, given, output);
        }
        let stream = path.join(format!("__substg1.0_{CONTENT:04X}{BINARY:04X}"));
        match self.file.open_stream(&stream) {
            // Mailboxes and other programs keep the whole object as one file.
            Ok(stream) if attach::method(part) == 6 => {
                let mut bytes = Vec::new();
                // What was read before the damage is worth having.
                let _ = stream.take(MOST_BYTES).read_to_end(&mut bytes);
                attach::give_object(&name, &bytes, output)
            }
            Ok(mut stream) => {
                let mut head = [0; 64];
                let filled = stream.read(&mut head).unwrap_or(0);
                if smime::is_encrypted(&head[..filled]) {
                    self.trouble.get_or_insert(eml::locked("S/MIME"));
                }
                let head = &head[..filled];
                let name = attach::signed_name(name, head);
                attach::give(&name, "", head.chain(stream), output)
            }
            Err(_) => attach::give_absent(&name, attach::absence(part), output),
        }
    }

    /// An enclosed message, or an object of another program.
    fn object(
        &mut self,
        storage: &Path,
        name: &str,
        given: &mut Given,
        output: &mut dyn Output,
    ) -> Result<(), Stop> {
        let is_message = attach::is_message(&self.file, storage);
        let (name, key) = match is_message {
            true => {
                let inner = Props::new(self.properties(storage, 24));
                let subject =
                    message::subject(&inner).map(|subject| subject.replace(['/', '\\'], "-"));
                let name = subject.unwrap_or_else(|| name.trim_end_matches(".msg").to_owned());
                let key = message::message_id(&inner).unwrap_or_default();
                (given.unique(&name, ".msg"), key)
            }
            false => (name.to_owned(), String::new()),
        };
        // No honest object is bigger than the file that it lies in.
        match store::copy(
            &mut self.file,
            storage,
            is_message,
            self.size.saturating_add(1).min(MOST_COPY),
        ) {
            Ok(bytes) if is_message => attach::give(&name, &key, bytes.as_slice(), output),
            Ok(bytes) => attach::give_object(&name, &bytes, output),
            Err(error) => {
                let reason = Reason::Broken(format!("de bijlage is niet heel ({error})"));
                attach::give_absent(&name, reason, output)
            }
        }
    }

    /// The storages in the root with such a name, in order.
    fn storages(&self, start: &str) -> Vec<PathBuf> {
        let entries = self.file.read_root_storage();
        let mut paths: Vec<PathBuf> = entries
            .filter(|entry| entry.is_storage() && entry.name().starts_with(start))
            .map(|entry| entry.path().to_owned())
            .collect();
        paths.sort();
        paths
    }

    fn read_names(&mut self) {
        let storage = Path::new("/").join(NAMES);
        let [guids, entries, texts] =
            NAME_STREAMS.map(|name| self.stream(&storage.join(name)).unwrap_or_default());
        self.names = names(&guids, &entries, &texts);
    }

    /// A whole stream, within bounds.
    fn stream(&mut self, path: &Path) -> Option<Vec<u8>> {
        if !self.file.is_stream(path) {
            return None;
        }
        let mut bytes = Vec::new();
        let read = match self.file.open_stream(path) {
            Ok(stream) => stream.take(self.left).read_to_end(&mut bytes),
            Err(error) => Err(error),
        };
        self.left -= (bytes.len() as u64).min(self.left);
        if let Err(error) = read {
            let reason = Reason::Broken(format!("een deel is niet te lezen ({error})"));
            self.trouble.get_or_insert(reason);
        } else if self.left == 0 {
            let most = MOST_BYTES >> 20;
            let reason = Reason::Limit(format!("van een bericht worden {most} MB gelezen"));
            self.trouble.get_or_insert(reason);
        }
        Some(bytes)
    }

    /// The properties of the object in a storage; a header of so many bytes stands before those of fixed size.
    fn properties(&mut self, storage: &Path, header: usize) -> Vec<Prop> {
        let table = self.stream(&storage.join(PROPERTIES)).unwrap_or_default();
        let entries = table.get(header..).unwrap_or_default().chunks_exact(16);
        let fixed = entries.filter_map(|entry| {
            let (kind, id) = (u16_at(entry, 0)?, u16_at(entry, 2)?);
            let value = entry[8..].to_vec();
            let fits = matches!(kind, 2..=7 | 0x0a | 0x0b | 0x14 | 0x40);
            fits.then(|| self.prop(id, kind, vec![value]))
        });
        let mut list: Vec<Prop> = fixed.collect();
        let Ok(entries) = self.file.read_storage(storage) else {
            return list;
        };
        let streams: Vec<(PathBuf, u16, u16)> = entries
            .filter(|entry| entry.is_stream())
            .filter_map(|entry| {
                let tag = entry.name().strip_prefix("__substg1.0_")?;
                // The separate values of a property with several come with their lengths.
                let tag = u32::from_str_radix(tag, 16)
                    .ok()
                    .filter(|_| tag.len() == 8)?;
                let (id, kind) = ((tag >> 16) as u16, tag as u16);
                (id != CONTENT).then(|| (entry.path().to_owned(), id, kind))
            })
            .collect();
        for (path, id, kind) in streams {
            let values = match kind & !MANY {
                _ if kind & MANY == 0 => self.stream(&path).into_iter().collect(),
                STRING8 | UNICODE | BINARY => self.many(&path, kind),
                _ => self.stream(&path).into_iter().collect(),
            };
            list.push(self.prop(id, kind, values));
        }
        list
    }

    fn many(&mut self, path: &Path, kind: u16) -> Vec<Vec<u8>> {
        let size = if kind & !MANY == BINARY { 8 } else { 4 };
        let lengths = self.stream(path).unwrap_or_default().len() / size;
        let value = |number| PathBuf::from(format!("{}-{number:08X}", path.display()));
        (0..lengths)
            .map_while(|number| self.stream(&value(number)))
            .collect()
    }

    fn prop(&self, id: u16, kind: u16, values: Vec<Vec<u8>>) -> Prop {
        let name = if id >= 0x8000 {
            self.names.get(&id).cloned()
        } else {
            None
        };
        Prop {
            id,
            kind,
            name,
            values,
        }
    }
}
