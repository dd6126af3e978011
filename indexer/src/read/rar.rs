//! RAR archives of all versions: every member a child document. Holds one member at a time in memory. Never
//! joins archives of several parts, never uses a member's name as a path.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{self, Cursor, Seek, Write};
use std::rc::Rc;

use rars::filename::LegacyNameEncoding;
use rars::{
    Archive, ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind,
    ExtractionDecision, ExtractionErrorAction,
};

use super::archive::{Budget, harmless, too_many, unpack};
use super::counted::{Counted, Expected};
use super::{Input, Limits, Outcome, Output, Passwords, Reason, Source, Stop, passwords};

/// A member is unpacked in memory: larger ones are told.
const MOST_OF_MEMBER: u64 = 512 << 20;
/// Dictionaries of honest archives are 4 MB or smaller; modern ones can ask for gigabytes.
const MOST_OF_DICTIONARY: u64 = 256 << 20;

/// Reads one `rar` archive.
pub fn read_rar(input: &mut Input, limits: &Limits, output: &mut dyn Output) -> Outcome {
    let options = ArchiveReadOptions::new()
        .with_max_member_output_bytes(MOST_OF_MEMBER)
        .with_max_reader_workspace_bytes(MOST_OF_MEMBER + MOST_OF_DICTIONARY)
        .with_rar50_dictionary_size_limit(MOST_OF_DICTIONARY)
        .with_max_header_bytes(64 << 20);
    let file = match input.file.try_clone() {
        Ok(file) => file,
        Err(error) => return Outcome::Unreadable(Reason::Other(format!("lezen mislukt: {error}"))),
    };
    let passwords = input.passwords.clone();
    let (archive, options, locked) = match open(&file, options, &passwords) {
        Ok(opened) => opened,
        Err(reason) => return Outcome::Unreadable(reason),
    };
    if locked && let Err(stop) = passwords::tell(output) {
        return stop.into();
    }
    let mut counted = Counted::new("onderdelen", output);
    let outcome = unpacked(&archive, options, input.size, limits, &mut counted);
    let members = archive.members();
    let expected = members.filter(|member| !member.meta.is_directory).count();
    counted.tell(outcome, Expected::Known(expected as u64))
}

/// Opens an archive, with the password of the list that fits when it is encrypted; whether it was needed.
fn open<'p>(
    file: &Source,
    options: ArchiveReadOptions<'p>,
    passwords: &'p Passwords,
) -> Result<(Archive, ArchiveReadOptions<'p>, bool), Reason> {
    let read = |options| {
        let mut file = file.try_clone().map_err(Error::from)?;
        file.rewind().map_err(Error::from)?;
        ArchiveReader::read_reader_with_options(file, options)
    };
    let with = |password: &'p str| {
        let mut options = options;
        options.password = Some(password.as_bytes());
        options
    };
    let found = match read(options) {
        // Of most encrypted archives the names can be read.
        Ok(archive) => {
            let Some(member) = locked_member(&archive) else {
                return Ok((archive, options, false));
            };
            let opens = |password: &&'p str| {
                let read = archive.read_member_at_with_options(member, with(password));
                matches!(read, Ok(Some(_)))
            };
            match passwords.iter().find(opens) {
                Some(password) => password,
                None => return Ok((archive, options, false)),
            }
        }
        Err(error) if reason(&error) == Reason::Encrypted => {
            let opens = |password: &&'p str| read(with(password)).is_ok();
            passwords.iter().find(opens).ok_or(Reason::Encrypted)?
        }
        Err(error) => return Err(reason(&error)),
    };
    let archive = read(with(found)).map_err(|error| reason(&error))?;
    Ok((archive, with(found), true))
}

/// The smallest encrypted member with bytes: the cheapest to try passwords on.
fn locked_member(archive: &Archive) -> Option<usize> {
    let size = |member: &ArchiveMember| member.meta.unpacked_size;
    let members = archive.members().enumerate();
    let locked = members.filter(|(_, member)| {
        member.meta.is_encrypted && !member.meta.is_directory && size(member) > 0
    });
    let smallest = locked.min_by_key(|(_, member)| size(member));
    smallest.map(|(place, _)| place)
}

/// Hands over all members of an archive of `size` bytes.
fn unpacked(
    archive: &Archive,
    options: ArchiveReadOptions<'_>,
    size: u64,
    limits: &Limits,
    output: &mut dyn Output,
) -> Outcome {
    let hand = Hand {
        budget: Budget::new(size, limits),
        limits,
        unlocked: options.password.is_some(),
        output,
        buffer: Rc::default(),
        open: None,
        failed: None,
        told: HashSet::new(),
        problem: None,
        given: 0,
        stop: None,
    };
    let hand = RefCell::new(hand);
    let result = archive.extract_with_control_and_errors(
        options,
        |member| hand.borrow_mut().decide(member),
        |_, error| {
            hand.borrow_mut().failed = Some(reason(error));
            Ok(ExtractionErrorAction::Continue)
        },
    );
    let mut hand = hand.into_inner();
    let rest = result
        .err()
        .filter(|_| hand.stop.is_none())
        .map(|error| reason(&error));
    if hand.stop.is_none()
        && let Err(stop) = hand.end(archive, rest)
    {
        return stop.into();
    }
    match (hand.stop, hand.problem) {
        (Some(Halt::Receiver(stop)), _) => stop.into(),
        (Some(Halt::Limit(reason)), _) => Outcome::Partial(reason),
        (None, None) => Outcome::Whole,
        (None, Some(reason)) if hand.given == 0 => Outcome::Unreadable(reason),
        (None, Some(reason)) => Outcome::Partial(reason),
    }
}

/// Why no more members are wanted.
enum Halt {
    Receiver(Stop),
    Limit(Reason),
}

/// Hands members over: the bytes of each when the next one begins.
struct Hand<'h> {
    budget: Budget,
    limits: &'h Limits,
    /// A password was found.
    unlocked: bool,
    output: &'h mut dyn Output,
    buffer: Rc<RefCell<Vec<u8>>>,
    /// The member that is being unpacked: its name and packed size.
    open: Option<(String, u64)>,
    /// Why the open member is not whole.
    failed: Option<Reason>,
    /// Places in the archive that were handed over or told.
    told: HashSet<Vec<u8>>,
    problem: Option<Reason>,
    given: u32,
    stop: Option<Halt>,
}

impl Hand<'_> {
    /// What to do with the next member.
    fn decide(&mut self, member: &ArchiveMember) -> rars::Result<ExtractionDecision> {
        if let Err(stop) = self.flush() {
            self.stop = Some(Halt::Receiver(stop));
        }
        if self.stop.is_some() {
            return Ok(ExtractionDecision::Stop);
        }
        if member.meta.is_directory {
            return Ok(ExtractionDecision::Skip);
        }
        if self.told.len() >= self.limits.children as usize {
            self.stop = Some(Halt::Limit(too_many(self.limits)));
            return Ok(ExtractionDecision::Stop);
        }
        if let Some(reason) = no_bytes(member, self.unlocked) {
            return Ok(match self.tell(member, reason) {
                Ok(()) => ExtractionDecision::Skip,
                Err(stop) => {
                    self.stop = Some(Halt::Receiver(stop));
                    ExtractionDecision::Stop
                }
            });
        }
        self.told.insert(identity(member));
        self.open = Some((name(member), member.meta.packed_size));
        Ok(ExtractionDecision::Extract(Box::new(Shared(
            self.buffer.clone(),
        ))))
    }

    /// Hands over the member that was unpacked last.
    fn flush(&mut self) -> Result<(), Stop> {
        let bytes = std::mem::take(&mut *self.buffer.borrow_mut());
        let failed = self.failed.take();
        let Some((name, packed)) = self.open.take() else {
            return Ok(());
        };
        self.output.begin_child(&name, "")?;
        let trouble = unpack(Cursor::new(bytes), packed, &mut self.budget, self.output)?;
        let trouble = trouble.or(failed);
        self.output.end_child(trouble.clone())?;
        self.given += 1;
        if let Some(reason @ Reason::Limit(_)) = &trouble {
            self.stop = Some(Halt::Limit(reason.clone()));
        }
        Ok(())
    }

    /// Lists a member without bytes.
    fn tell(&mut self, member: &ArchiveMember, reason: Reason) -> Result<(), Stop> {
        self.told.insert(identity(member));
        self.given += 1;
        self.output.begin_child(&name(member), "")?;
        self.output.end_child(Some(reason))
    }

    /// Hands over what is left; `rest` says why the library went no further.
    fn end(&mut self, archive: &Archive, rest: Option<Reason>) -> Result<(), Stop> {
        if let Some(reason) = &rest {
            self.failed.get_or_insert_with(|| reason.clone());
        }
        self.flush()?;
        let Some(reason) = rest else {
            return Ok(());
        };
        for member in archive.members() {
            if self.told.len() >= self.limits.children as usize {
                self.stop = Some(Halt::Limit(too_many(self.limits)));
                return Ok(());
            }
            if !member.meta.is_directory && !self.told.contains(&identity(&member)) {
                let own = no_bytes(&member, self.unlocked).unwrap_or_else(|| reason.clone());
                self.tell(&member, own)?;
            }
        }
        self.problem = Some(reason);
        Ok(())
    }
}

/// What tells a member from the others.
fn identity(member: &ArchiveMember) -> Vec<u8> {
    let mut identity = member.meta.name.clone();
    identity.extend(member.meta.packed_size.to_le_bytes());
    identity.extend(member.meta.unpacked_size.to_le_bytes());
    identity
}

/// Why a member cannot be unpacked at all; within a solid archive the next ones then neither.
fn no_bytes(member: &ArchiveMember, unlocked: bool) -> Option<Reason> {
    let meta = &member.meta;
    if meta.is_encrypted && !unlocked {
        Some(Reason::Encrypted)
    } else if meta.is_redirection {
        Some(Reason::Other("koppeling naar een ander bestand".into()))
    } else if meta.is_split_before || meta.is_split_after {
        Some(Reason::Other(
            "dit bestand staat deels in een ander deel van het RAR-archief".into(),
        ))
    } else if meta.unpacked_size > MOST_OF_MEMBER && !member.is_solid() {
        Some(too_big())
    } else {
        None
    }
}

fn too_big() -> Reason {
    let most = MOST_OF_MEMBER >> 20;
    Reason::Limit(format!(
        "een bestand in een RAR-archief wordt tot {most} MB uitgepakt"
    ))
}

/// The name inside the archive; old names are in the letters of DOS.
fn name(member: &ArchiveMember) -> String {
    let utf8 = std::str::from_utf8(&member.meta.name).is_ok();
    let dos = (!utf8).then_some(LegacyNameEncoding::Cp850);
    let name = member.decoded_name(dos);
    let name = name.as_deref().unwrap_or(&member.meta.name);
    harmless(&String::from_utf8_lossy(name))
}

fn reason(error: &Error) -> Reason {
    match error.kind() {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => Reason::Encrypted,
        ErrorKind::ResourceLimit => too_big(),
        _ if matches!(error.root_cause(), Error::FeatureDisabled { feature: "encryption" }) => {
            Reason::Encrypted
        }
        _ if matches!(error.root_cause(), Error::CannotSkipSolidMember) => Reason::Other(
            "in dit RAR-archief is een bestand alleen uit te pakken na een ander dat niet leesbaar is".into(),
        ),
        ErrorKind::UnsupportedFormat | ErrorKind::UnsupportedFeature => {
            Reason::Other("ingepakt op een manier die wij niet kunnen uitpakken".into())
        }
        _ => Reason::Broken("het RAR-archief is niet goed uit te pakken".into()),
    }
}

/// Where the library writes a member.
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rars::{ArchiveVersion, Builder};

    use super::super::testing::{Collected, input, limits, read_bytes, read_locked};
    use super::*;

    const TEXT: &[u8] = b"Een brief over de dijk, en nog een brief over de dijk.";

    fn rar(version: ArchiveVersion, solid: bool) -> Vec<u8> {
        let mut builder = Builder::new(version).solid(solid);
        for (name, bytes) in [("map/brief.txt", TEXT), ("leeg.txt", b"")] {
            builder
                .add_bytes(name.into(), bytes.to_vec(), None, None)
                .unwrap();
        }
        builder
            .add_bytes(b"lang.txt".to_vec(), TEXT.repeat(500), None, None)
            .unwrap();
        builder.to_bytes().unwrap()
    }

    #[test]
    fn archives_of_all_ages_are_unpacked() {
        for version in [
            ArchiveVersion::Rar15,
            ArchiveVersion::Rar29,
            ArchiveVersion::Rar50,
        ] {
            for solid in [false, true] {
                let (format, out, outcome) = read_bytes("a.zip", &rar(version, solid));
                assert_eq!(
                    (format.as_str(), outcome),
                    ("rar", Outcome::Whole),
                    "{version:?}"
                );
                let names: Vec<_> = out.children.iter().map(|c| c.name.as_str()).collect();
                assert_eq!(
                    names,
                    ["map/brief.txt", "leeg.txt", "lang.txt"],
                    "{version:?}"
                );
                assert_eq!(out.children[0].bytes, TEXT);
                assert_eq!(out.children[2].bytes, TEXT.repeat(500));
                assert!(
                    out.children
                        .iter()
                        .all(|c| c.ended && c.unreadable.is_none())
                );
            }
        }
    }

    #[test]
    fn a_damaged_member_is_told_and_the_others_are_read() {
        let mut bytes = rar(ArchiveVersion::Rar50, false);
        let at = bytes.len() - 60;
        bytes[at] ^= 0x55;
        let (_, out, _) = read_bytes("a.rar", &bytes);
        assert_eq!(out.children[0].bytes, TEXT);
        assert!(
            out.children[2].unreadable.is_some(),
            "{:?}",
            out.children[2].name
        );
    }

    #[test]
    fn the_right_password_of_a_list_opens_an_archive() {
        let rar29 = ArchiveVersion::Rar29;
        let rar50 = ArchiveVersion::Rar50;
        for (version, names_too) in [(rar29, false), (rar50, false), (rar50, true)] {
            let mut builder = Builder::new(version)
                .password(Some(b"geheim".to_vec()))
                .header_encryption(names_too);
            builder
                .add_bytes(b"brief.txt".to_vec(), TEXT.to_vec(), None, None)
                .unwrap();
            let bytes = builder.to_bytes().unwrap();
            let (out, outcome) = read_locked("a.rar", &bytes, &["fout", "geheim"]);
            assert_eq!(outcome, Outcome::Whole, "{version:?} {names_too}");
            assert_eq!(out.children[0].bytes, TEXT);
            assert_eq!(
                out.values("versleuteld"),
                ["geopend met een wachtwoord van de lijst"]
            );
            let (out, outcome) = read_locked("a.rar", &bytes, &["fout"]);
            match names_too {
                true => assert_eq!(outcome, Outcome::Unreadable(Reason::Encrypted)),
                false => assert_eq!(out.children[0].unreadable, Some(Reason::Encrypted)),
            }
            assert!(out.values("versleuteld").is_empty());
        }
    }

    #[test]
    fn more_members_than_wanted_are_told() {
        let two = Limits {
            children: 2,
            ..limits()
        };
        let mut out = Collected::default();
        let outcome = read_rar(
            &mut input("a.rar", &rar(ArchiveVersion::Rar50, false)),
            &two,
            &mut out,
        );
        assert_eq!(outcome, Outcome::Partial(too_many(&two)));
        assert_eq!(out.children.len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_bytes_make_it_panic(which in 0usize..3, at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<prop::sample::Index>()) {
            let versions = [ArchiveVersion::Rar15, ArchiveVersion::Rar29, ArchiveVersion::Rar50];
            let mut bytes = rar(versions[which], which == 1);
            read_bytes("a.rar", &bytes[..cut.index(bytes.len())]);
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            let (_, out, _) = read_bytes("a.rar", &bytes);
            prop_assert!(out.children.iter().all(|child| child.ended));
        }
    }
}
