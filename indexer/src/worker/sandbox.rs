//! What a reader process takes from itself before it sees its first document: inherited descriptors, memory,
//! files, network, and every system call that reading does not need. Never reads a document. The only file of
//! the program with unsafe code.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope,
};
use rustix::process::{Resource, Rlimit, Signal};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};

use super::protocol::Sandbox;

/// Most descriptors of a reader process; it needs the socket, the standard three and its document.
const DESCRIPTORS: u64 = 64;

/// Closes every descriptor above the standard three, that a shell or a parent left open by mistake. Only to
/// be called as the first act of a process, when nothing in it owns a descriptor.
pub fn close_inherited() -> io::Result<()> {
    let mut open = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fd")? {
        if let Some(descriptor) = entry?
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<i32>().ok())
        {
            open.push(descriptor);
        }
    }
    for descriptor in open {
        if descriptor > 2 {
            // SAFETY: this runs before anything in this process has opened a descriptor of its own, and the
            // listing's own descriptor is closed already (closing that number again only fails), so no owner
            // exists whose descriptor could vanish.
            unsafe { libc::close(descriptor) };
        }
    }
    Ok(())
}

/// Limits what this process may use, `memory` in bytes of address space, and lets it die with its parent.
pub fn limit(memory: u64) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    for (resource, value) in [
        (Resource::As, memory),
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, DESCRIPTORS),
    ] {
        let limit = Rlimit {
            current: Some(value),
            maximum: Some(value),
        };
        rustix::process::setrlimit(resource, limit)?;
    }
    Ok(())
}

/// Enters the sandbox, for this thread and those it starts from now on, as far as the kernel can.
pub fn enter() -> Sandbox {
    // landlock first: seccomp takes the calls away that it needs.
    let landlock = deny_files_and_network();
    Sandbox {
        landlock,
        seccomp: filter_calls(),
    }
}

/// Enters the sandbox of an outside program: it may read and run what lies in the folders `readable`, and read
/// its standard input under a name of its own; nothing else.
pub fn enter_for_program(readable: &[PathBuf]) -> Sandbox {
    let landlock = deny_all_but(readable).is_ok_and(|enforced| enforced);
    let seccomp = [forbidden(Execution::Allowed), no_clone3()]
        .into_iter()
        .all(|filter| filter.is_ok_and(|filter| seccompiler::apply_filter(&filter).is_ok()));
    Sandbox { landlock, seccomp }
}

fn deny_all_but(readable: &[PathBuf]) -> Result<bool, landlock::RulesetError> {
    let abi = ABI::V6;
    let read = AccessFs::from_read(abi);
    let mut rules = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?;
    for folder in readable {
        if let Ok(folder) = PathFd::new(folder) {
            rules = rules.add_rule(PathBeneath::new(folder, read))?;
        }
    }
    // pdftoppm opens its standard input once more, by name.
    let file = AccessFs::from_file(abi) & read;
    rules = rules.add_rule(PathBeneath::new(
        std::io::stdin(),
        file & !AccessFs::Execute,
    ))?;
    let status = rules.restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

fn deny_files_and_network() -> bool {
    // Best effort: an older kernel enforces the part that it knows.
    let abi = ABI::V6;
    Ruleset::default()
        .handle_access(AccessFs::from_all(abi))
        .and_then(|rules| rules.handle_access(AccessNet::from_all(abi)))
        .and_then(|rules| rules.scope(Scope::from_all(abi)))
        .and_then(Ruleset::create)
        .and_then(landlock::RulesetCreated::restrict_self)
        .is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

fn filter_calls() -> bool {
    let (Ok(forbidden), Ok(no_clone3), Ok(needed)) =
        (forbidden(Execution::Fatal), no_clone3(), needed())
    else {
        return false;
    };
    // The strictest answer of all filters counts; the list of what is needed goes last, since it takes away
    // the call that sets filters.
    [forbidden, no_clone3, needed]
        .iter()
        .all(|filter| seccompiler::apply_filter(filter).is_ok())
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn compile(
    rules: Rules,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> Result<BpfProgram, seccompiler::BackendError> {
    let target = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules, otherwise, matched, target)?.try_into()
}

/// What happens to a process that becomes another program.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Execution {
    Fatal,
    Allowed,
}

/// Calls that reading needs nowhere. No reader makes them by accident: it dies, so that it shows.
fn forbidden(execution: Execution) -> Result<BpfProgram, seccompiler::BackendError> {
    let calls = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_fork,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_vfork,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_io_uring_setup,
        libc::SYS_io_uring_enter,
        libc::SYS_io_uring_register,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_kexec_load,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_reboot,
    ];
    let (execution, answer) = match execution {
        Execution::Fatal => (
            [libc::SYS_execve, libc::SYS_execveat].as_slice(),
            SeccompAction::KillProcess,
        ),
        // Libraries of outside programs try a socket when they start, and can do without.
        Execution::Allowed => ([].as_slice(), SeccompAction::Errno(libc::EPERM as u32)),
    };
    let calls = calls.iter().chain(execution);
    let rules = calls.map(|&call| (call, Vec::new())).collect();
    compile(rules, SeccompAction::Allow, answer)
}

/// `clone3` hides its flags behind a pointer; told that it does not exist, the C library takes `clone`.
fn no_clone3() -> Result<BpfProgram, seccompiler::BackendError> {
    let rules = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    compile(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS as u32),
    )
}

/// What reading an open file, threads and memory need. Anything else is refused, and goes on. Opening a file
/// is not among it, so that without landlock no file can be reached either.
fn needed() -> Result<BpfProgram, seccompiler::BackendError> {
    let calls = [
        libc::SYS_read,
        libc::SYS_readv,
        libc::SYS_pread64,
        libc::SYS_preadv,
        libc::SYS_write,
        libc::SYS_writev,
        libc::SYS_lseek,
        libc::SYS_fadvise64,
        libc::SYS_fstat,
        libc::SYS_newfstatat,
        libc::SYS_statx,
        libc::SYS_close,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_recvfrom,
        libc::SYS_recvmsg,
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll,
        libc::SYS_ppoll,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_clone3,
        libc::SYS_set_robust_list,
        libc::SYS_rseq,
        libc::SYS_membarrier,
        libc::SYS_sched_yield,
        libc::SYS_sched_getaffinity,
        libc::SYS_getpid,
        libc::SYS_gettid,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_restart_syscall,
        libc::SYS_rt_sigaction,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigreturn,
        libc::SYS_sigaltstack,
        libc::SYS_getrandom,
        libc::SYS_clock_gettime,
        libc::SYS_clock_getres,
        libc::SYS_clock_nanosleep,
        libc::SYS_nanosleep,
        libc::SYS_gettimeofday,
        libc::SYS_getrusage,
        libc::SYS_sysinfo,
        libc::SYS_uname,
    ];
    let mut rules: Rules = calls.into_iter().map(|call| (call, Vec::new())).collect();
    let own = u64::from(rustix::process::getpid().as_raw_pid().unsigned_abs());
    // Arguments that the kernel takes as an int are compared as one.
    let int = |argument, value| when(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value);
    let not_code = || {
        when(
            2,
            SeccompCmpArgLen::Qword,
            SeccompCmpOp::MaskedEq(libc::PROT_EXEC as u64),
            0,
        )
    };
    // Threads, not processes.
    let thread = libc::CLONE_THREAD as u64;
    let threads = when(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(thread),
        thread,
    )?;
    rules.insert(libc::SYS_clone, vec![threads]);
    // Memory that cannot be run as code.
    rules.insert(libc::SYS_mmap, vec![not_code()?]);
    rules.insert(libc::SYS_mprotect, vec![not_code()?]);
    // Signals to itself: this is how a process aborts.
    rules.insert(libc::SYS_tgkill, vec![int(0, own)?]);
    // Limits may be read, not set.
    let only_read = when(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, 0)?;
    rules.insert(libc::SYS_prlimit64, vec![only_read]);
    rules.insert(libc::SYS_prctl, vec![int(0, libc::PR_SET_NAME as u64)?]);
    let commands = [
        libc::F_DUPFD_CLOEXEC,
        libc::F_GETFD,
        libc::F_SETFD,
        libc::F_GETFL,
    ];
    let commands = commands.into_iter().map(|command| int(1, command as u64));
    rules.insert(libc::SYS_fcntl, commands.collect::<Result<_, _>>()?);
    compile(
        rules,
        SeccompAction::Errno(libc::EPERM as u32),
        SeccompAction::Allow,
    )
}

fn when(
    argument: u8,
    length: SeccompCmpArgLen,
    operator: SeccompCmpOp,
    value: u64,
) -> Result<SeccompRule, seccompiler::BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(
        argument, length, operator, value,
    )?])
}
