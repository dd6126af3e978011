//! Runs tests one after another in a program with its own `main`, and prints what libtest would print.

use std::panic::catch_unwind;
use std::process::ExitCode;

/// Runs `tests`, or those whose name contains the first argument that is not an option.
#[allow(dead_code, reason = "one of the programs runs only some of its tests")]
pub fn run(tests: &[(&str, fn())]) -> ExitCode {
    run_some(tests, &[])
}

/// The same, and names the tests that cannot be run here, each with why.
pub fn run_some(tests: &[(&str, fn())], skipped: &[(&str, &str)]) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let wanted = arguments
        .iter()
        .find(|argument| !argument.starts_with('-'))
        .map_or("", String::as_str);
    let chosen: Vec<_> = tests
        .iter()
        .filter(|(name, _)| name.contains(wanted))
        .collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in &chosen {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", chosen.len());
    let mut failed = Vec::new();
    for (name, test) in &chosen {
        let passed = catch_unwind(test).is_ok();
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        if !passed {
            failed.push(*name);
        }
    }
    for (name, why) in skipped {
        println!("test {name} ... ignored, {why}");
    }
    let result = if failed.is_empty() { "ok" } else { "FAILED" };
    let passed = chosen.len() - failed.len();
    let out = tests.len() - chosen.len();
    println!(
        "\ntest result: {result}. {passed} passed; {} failed; {} ignored; 0 measured; {out} filtered out\n",
        failed.len(),
        skipped.len()
    );
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
