//! Descriptors as three writers make them: one here, Windows, and Samba.

use super::*;
use proptest::prelude::*;
use zv_shared::Principals;

/// An entry of a list: kind, flags, rights, SID.
type Entry = (u8, u8, u32, &'static str);

const ANNA: &str = "S-1-5-21-1-2-3-1001";
const BERT: &str = "S-1-5-21-1-2-3-1002";
const ALL: &str = "S-1-1-0";
const FULL: u32 = 0x001f_01ff;
const READ: u32 = 0x0012_0089;

fn sid(text: &str) -> Vec<u8> {
    let mut numbers = text[4..]
        .split('-')
        .map(|part| part.parse::<u64>().unwrap());
    let authority = numbers.next().unwrap().to_be_bytes();
    let parts: Vec<u32> = numbers.map(|part| part as u32).collect();
    let mut bytes = vec![1, parts.len() as u8];
    bytes.extend(&authority[2..]);
    bytes.extend(parts.iter().flat_map(|part| part.to_le_bytes()));
    bytes
}

fn entry((kind, flags, mask, who): &Entry) -> Vec<u8> {
    let sid = sid(who);
    // With room behind it, as Windows may leave.
    let size = 4 + 4 + sid.len() + 4;
    let mut bytes = vec![*kind, *flags];
    bytes.extend((size as u16).to_le_bytes());
    bytes.extend(mask.to_le_bytes());
    bytes.extend(sid);
    bytes.extend([0; 4]);
    bytes
}

/// A descriptor in the order in which Windows writes it: first the list, then the owner and the group.
fn written(entries: &[Entry]) -> Vec<u8> {
    let entries_bytes: Vec<u8> = entries.iter().flat_map(entry).collect();
    let mut list = vec![2, 0];
    list.extend((8 + entries_bytes.len() as u16).to_le_bytes());
    list.extend((entries.len() as u16).to_le_bytes());
    list.extend([0, 0]);
    list.extend(entries_bytes);
    let (owner, group) = (sid(ANNA), sid("S-1-5-21-1-2-3-513"));
    let mut bytes = vec![1, 0];
    bytes.extend((SELF_RELATIVE | DACL_PRESENT).to_le_bytes());
    let at_owner = 20 + list.len() as u32;
    bytes.extend(at_owner.to_le_bytes());
    bytes.extend((at_owner + owner.len() as u32).to_le_bytes());
    bytes.extend(0u32.to_le_bytes());
    bytes.extend(20u32.to_le_bytes());
    bytes.extend(list);
    bytes.extend(owner);
    bytes.extend(group);
    bytes
}

fn reads(entries: &[Entry]) -> Access {
    access(&written(entries), Ask::Read).unwrap()
}

fn may(access: &Access, who: &[&str]) -> bool {
    let who = who.iter().map(|sid| format!("sid:{sid}"));
    access.admits(&Principals::new(who), "x")
}

#[test]
fn entries_count_in_their_order() {
    let access = reads(&[(1, 0, READ, BERT), (0, 0, FULL, ANNA), (0, 0, READ, ALL)]);
    assert!(may(&access, &[ANNA]) && may(&access, &[]) && !may(&access, &[BERT]));
    // What was allowed stays, for the same principal and for everybody.
    assert!(may(
        &reads(&[(0, 0, READ, BERT), (1, 0, READ, BERT)]),
        &[BERT]
    ));
    assert!(may(
        &reads(&[(0, 0, READ, ALL), (1, 0, READ, BERT)]),
        &[BERT]
    ));
    // What was denied too.
    assert!(!may(
        &reads(&[(1, 0, READ, BERT), (0, 0, READ, BERT)]),
        &[BERT]
    ));
    let over = reads(&[(0, 0, READ, ANNA), (1, 0, FULL, ALL), (0, 0, READ, BERT)]);
    assert!(may(&over, &[ANNA]) && !may(&over, &[BERT]) && !may(&over, &[]));
    assert!(!may(&reads(&[]), &[ANNA]), "an empty list is for nobody");
}

#[test]
fn entries_that_are_not_about_reading_this_file_do_not_count() {
    let access = reads(&[
        (1, INHERIT_ONLY, FULL, ANNA),
        (0, INHERIT_ONLY, FULL, BERT),
        (2, 0xc0, FULL, BERT),
        (0x11, 0, 1, "S-1-16-8192"),
        (0, 0, 0x0010_0020, BERT),
        (0, 0x10, GENERIC_READ, ANNA),
    ]);
    assert!(may(&access, &[ANNA]) && !may(&access, &[BERT]));
    // A condition is not looked at: it never lets in, and always keeps out.
    assert!(!may(&reads(&[(9, 0, FULL, ANNA)]), &[ANNA]));
    assert!(!may(
        &reads(&[(0x0a, 0, FULL, ANNA), (0, 0, FULL, ANNA)]),
        &[ANNA]
    ));
    let folder = |mask| access_to_folder(&[(0, 0, mask, ANNA)]);
    assert!(may(&folder(0x0012_00a9), &[ANNA]) && !may(&folder(READ), &[ANNA]));
}

fn access_to_folder(entries: &[Entry]) -> Access {
    access(&written(entries), Ask::Enter).unwrap()
}

#[test]
fn sids_become_principals() {
    let access = reads(&[
        (0, 0, FULL, ALL),
        (0, 0, FULL, "S-1-3-4"),
        (0, 0, FULL, "S-1-22-1-1000"),
        (0, 0, FULL, "S-1-22-2-100"),
        (0, 0, FULL, "S-1-5-32-544"),
        (0, 0, FULL, "S-1-281474976710655-7"),
    ]);
    let expected = [
        EVERYBODY,
        "sid:S-1-5-21-1-2-3-1001",
        "uid:1000",
        "gid:100",
        "sid:S-1-5-32-544",
        "sid:S-1-0xffffffffffff-7",
    ];
    assert_eq!(access.allow, expected);
}

#[test]
fn what_is_not_wholly_understood_is_not_known() {
    let whole = written(&[(0, 0, FULL, ANNA), (1, 0, FULL, BERT)]);
    assert!(access(&whole, Ask::Read).is_some());
    for end in 0..20 + 8 + 2 * 40 {
        assert!(access(&whole[..end], Ask::Read).is_none(), "{end}");
    }
    let changed = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        access(&bytes, Ask::Read)
    };
    // Revision, flags, kind of list, number and size of entries, kind of entry, revision and parts of a SID.
    for (at, byte) in [
        (0, 2),
        (2, 0),
        (3, 0),
        (20, 9),
        (24, 3),
        (30, 3),
        (28, 0x15),
        (36, 2),
        (37, 16),
    ] {
        assert!(changed(at, byte).is_none(), "{at}");
    }
    // No list forbids nothing; one that was not asked for may.
    assert!(may(&changed(16, 0).unwrap(), &[]));
}

/// What a Windows server sent for a folder with rights from above: from the tests of smb-dtyp 0.12 (MIT).
const WINDOWS: &str = "01000484000000000000000000000000140000000200900005000000\
    00132400ff011f00010500000000000515000000173da72e955653f915dff280e9030000\
    00131800ff011f0001020000000000052000000020020000\
    00131400ff011f00010100000000000512000000\
    00131400a9001200010100000000000100000000\
    00132400ff011f00010500000000000515000000173da72e955653f915dff280ea030000";

#[test]
fn what_a_windows_server_sends_is_read() {
    let domain = "sid:S-1-5-21-782712087-4182988437-2163400469";
    for ask in [Ask::Read, Ask::Enter] {
        let found = access(&from_hex(WINDOWS), ask).unwrap();
        let expected = [
            format!("{domain}-1001"),
            "sid:S-1-5-32-544".into(),
            "sid:S-1-5-18".into(),
            EVERYBODY.into(),
            format!("{domain}-1002"),
        ];
        assert_eq!(found.allow, expected);
    }
}

/// `security.NTACL` of Samba 4.17 for a file with `root` and one account, made with smbcacls.
const SAMBA: &str = "0300030000000200040002000100000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010004806400000080000000000000009000000001050000000000051500000023ef6944c7f57b0f97ecdff7e803000001020000000000160200000000000000030050000200000000002400ff011f0001050000000000051500000023ef6944c7f57b0f97ecdff7e803000000002400a900120001050000000000051500000023ef6944c7f57b0f97ecdff7e9030000";

fn from_hex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

#[test]
fn what_samba_keeps_is_read() {
    let bytes = from_hex(SAMBA);
    let found = of_samba(&bytes, Ask::Read).unwrap();
    let domain = "sid:S-1-5-21-1147793187-259782087-4158647447";
    assert_eq!(
        found.allow,
        [format!("{domain}-1000"), format!("{domain}-1001")]
    );
    // A hash of the rights of the file system, or another version.
    for at in [0, 14, 77] {
        let mut other = bytes.clone();
        other[at] = 4;
        assert!(of_samba(&other, Ask::Read).is_none(), "{at}");
    }
    for end in 0..bytes.len() {
        assert!(of_samba(&bytes[..end], Ask::Read).is_none(), "{end}");
    }
}

/// Step by step, as MS-DTYP 2.5.3.2 tells it.
fn decides(entries: &[Entry], who: &[&str]) -> bool {
    let about = |entry: &&Entry| entry.3 == ALL || who.contains(&entry.3);
    let reading = |entry: &&Entry| entry.1 & INHERIT_ONLY == 0 && entry.2 & wanted(Ask::Read) != 0;
    let first = entries.iter().filter(reading).find(about);
    first.is_some_and(|entry| entry.0 == 0)
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let sids = prop_oneof![Just(ANNA), Just(BERT), Just("S-1-5-32-545"), Just(ALL)];
    let masks = prop_oneof![Just(FULL), Just(READ), Just(0x20u32), Just(GENERIC_ALL)];
    let flags = prop_oneof![Just(0u8), Just(0x10), Just(INHERIT_ONLY)];
    proptest::collection::vec((0u8..2, flags, masks, sids), 0..8)
}

proptest! {
    #[test]
    fn nobody_sees_more_than_on_the_drive(entries in entries(), bits in 0usize..8) {
        let all = [ANNA, BERT, "S-1-5-32-545"].into_iter().enumerate();
        let who: Vec<&str> = all.filter(|(at, _)| bits >> at & 1 == 1).map(|(_, who)| who).collect();
        let found = reads(&entries);
        let (ours, theirs) = (may(&found, &who), decides(&entries, &who));
        prop_assert!(theirs || !ours);
        // Who is one account and no group is decided as on the drive.
        prop_assert!(ours == theirs || who.len() > 1);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = access(&bytes, Ask::Read);
        let _ = of_samba(&bytes, Ask::Enter);
    }

    #[test]
    fn a_changed_byte_is_read_or_refused(at in 0usize..150, byte in any::<u8>(), entries in entries()) {
        let mut bytes = written(&entries);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = access(&bytes, Ask::Read);
    }
}
