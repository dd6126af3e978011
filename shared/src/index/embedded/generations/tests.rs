//! Tests of the generations: switches, going back, kills in between, and room on the disk.

use super::*;

/// Puts a generation there as `program` would, with `opstamp` as its last commit.
fn generation(folder: &Path, number: u32, ours: bool, opstamp: u64) -> String {
    let name = format!("{NAME}{number}");
    let mut generation = Generation::ours();
    generation.schema += u32::from(!ours);
    let payload = Payload {
        generation,
        program: "1.2.3".into(),
        checkpoint: String::new(),
    };
    let meta = serde_json::json!({
        "segments": [{"max_doc": 7, "deletes": {"num_deleted_docs": 2}}, {"max_doc": 1}],
        "opstamp": opstamp, "payload": serde_json::to_string(&payload).expect("payload"),
    });
    fs::create_dir_all(folder.join(&name)).expect("folder");
    fs::write(folder.join(&name).join("meta.json"), meta.to_string()).expect("meta");
    name
}

fn roles(folder: &Path) -> Vec<(String, Role)> {
    let found = all(folder).expect("generations");
    let role = |one: OnDisk| (one.name, one.role);
    found.all.into_iter().map(role).collect()
}

#[test]
fn a_switch_keeps_what_was_there_until_it_is_confirmed() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    switch_to(folder, &generation(folder, 1, true, 5)).expect("the first");
    assert!(matches!(confirm(folder), Err(GenerationError::NoneKept)));
    assert_eq!(new_name(folder).expect("name"), "generatie-2");
    switch_to(folder, &generation(folder, 2, true, 9)).expect("the second");
    let expected = [("generatie-1", Role::Vorige), ("generatie-2", Role::Huidig)];
    let expected = expected.map(|(name, role)| (name.to_owned(), role));
    assert_eq!(roles(folder), expected);
    let found = all(folder).expect("generations");
    assert_eq!(
        (found.all[0].documents, found.all[0].ours, found.written),
        (6, true, false)
    );
    confirm(folder).expect("confirmed");
    assert_eq!(roles(folder), expected[1..]);
    // A server may still know the first one by its name.
    assert_eq!(new_name(folder).expect("name"), "generatie-3");
}

#[test]
fn going_back_tells_what_would_be_missing() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    switch_to(folder, &generation(folder, 1, true, 5)).expect("the first");
    switch_to(folder, &generation(folder, 2, true, 9)).expect("the second");
    generation(folder, 2, true, 10);
    assert!(matches!(
        go_back(folder, false),
        Err(GenerationError::Written)
    ));
    go_back(folder, true).expect("back");
    assert_eq!(roles(folder), [("generatie-1".to_owned(), Role::Huidig)]);
    assert!(matches!(
        go_back(folder, true),
        Err(GenerationError::NoneKept)
    ));
    // The name of the one that went is not given again.
    assert_eq!(new_name(folder).expect("name"), "generatie-3");

    switch_to(folder, &generation(folder, 3, true, 1)).expect("the third");
    generation(folder, 1, false, 5);
    assert!(matches!(
        go_back(folder, true),
        Err(GenerationError::NotOurs)
    ));
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_one_or_the_new_one() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    switch_to(folder, &generation(folder, 1, true, 5)).expect("the first");
    let old = [("generatie-1".to_owned(), Role::Huidig)];
    // While it was built.
    let half = generation(folder, 2, true, 1);
    fs::remove_file(folder.join(&half).join("meta.json")).expect("removed");
    assert_eq!(roles(folder)[1].1, Role::Half);
    clean(folder).expect("clean");
    assert_eq!(roles(folder), old);
    // Between the two files of a switch.
    let switch = Switch {
        hoogste: 2,
        vorige: Some("generatie-1".into()),
        huidig: generation(folder, 2, true, 1),
        stand: 1,
        gewisseld: Timestamp::now(),
    };
    put_switch(folder, &switch).expect("noted");
    assert_eq!(roles(folder)[1].1, Role::Half);
    clean(folder).expect("clean");
    assert_eq!(roles(folder), old);
    // Before the first one was ever current.
    fs::remove_file(folder.join(CURRENT)).expect("removed");
    clean(folder).expect("clean");
    assert_eq!(roles(folder), []);
}

#[test]
fn a_second_one_waits_for_the_decision_about_the_first_unless_nothing_can_be_searched() {
    let folder = tempfile::tempdir().expect("folder");
    let folder = folder.path();
    let blobs = crate::index::Blobs::open(&folder.join("teksten")).expect("texts");
    let engine = crate::index::Embedded::new(folder, blobs);
    let may = || crate::index::Engine::may_build(&engine);
    assert!(matches!(
        may(),
        Err(GenerationError::Index(IndexError::Missing))
    ));
    switch_to(folder, &generation(folder, 1, true, 5)).expect("the first");
    may().expect("may");
    switch_to(folder, &generation(folder, 2, true, 9)).expect("the second");
    assert!(matches!(may(), Err(GenerationError::StillKept)));
    generation(folder, 2, false, 9);
    may().expect("must");
    // A file that takes no room but says so.
    let large = fs::File::create(folder.join("generatie-2/groot")).expect("file");
    large.set_len(1 << 42).expect("length");
    let Err(GenerationError::Room { needed, free }) = may() else {
        panic!("there is room for 8 TB");
    };
    assert!(needed > 8 << 40 && free < needed, "{needed} {free}");
}
