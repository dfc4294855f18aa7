//! `parallel`: a closure over a list, several at once, results in input order (LANGUAGE section 11).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rhai::{Array, Dynamic, EvalAltResult, FnPtr};

use super::output::written;
use crate::crawl::Branch;
use crate::script::builtin::{Builtin, Call, Kind, OptionDoc, Param, Receiver};
use crate::script::closure::Closure;
use crate::script::effects::Echo;
use crate::script::failure::Outcome;
use crate::script::held::Held;
use crate::script::interpreter::STACK_BYTES;
use crate::script::run::{Place, lock};

/// The family.
pub const TABLE: &[Builtin] = &[Builtin {
    name: "parallel",
    receiver: Receiver::None,
    params: &[
        Param { name: "list", kind: Kind::List, optional: false },
        Param { name: "closure", kind: Kind::Function, optional: false },
    ],
    variadic: false,
    options: &[OptionDoc { name: "workers", kind: Kind::Int, default: "8", doc: "how many at once" }],
    result: "array",
    doc: "Runs a closure for each item, several at once; results in input order",
    example: "let site = playground();\nlet titles = parallel([\"/article\", \"/products\"], |path| crawl(site + path).title, workers: 2);\nprint(titles.len());",
    category: "many pages",
    call: parallel,
}];

type Slot = Mutex<Option<Result<Dynamic, Box<EvalAltResult>>>>;

fn parallel(call: &mut Call<'_, '_>) -> Outcome {
    let given = call.need("list")?;
    let Some(items) = given.read_lock::<Array>().map(|items| items.clone()) else {
        return Err(call.wrong("list", "an array", &given));
    };
    let closure = call.need("closure")?;
    let Some(pointer) = closure.clone().try_cast::<FnPtr>() else {
        return Err(call.wrong("closure", "a closure such as `|url| crawl(url).title`", &closure));
    };
    let workers = call.int("workers")?.unwrap_or(8);
    let workers = usize::try_from(workers).ok().filter(|workers| *workers > 0);
    let workers = workers.ok_or_else(|| call.wrong("workers", "a whole number from 1", &Dynamic::from(workers)))?;
    let closure = Closure::new(call.ctx, call.run, pointer);
    let slots: Vec<Slot> = items.iter().map(|_| Mutex::new(None)).collect();
    let held = if call.run.holds_branches() { items.iter().map(|_| Arc::default()).collect() } else { Vec::new() };
    let number = call.run.next_parallel(call.run.place().branch.path());
    let work =
        Work { call, closure: &closure, items: &items, slots: &slots, held: &held, next: AtomicUsize::new(0), number };
    work.run(workers.min(items.len()))?;
    work.say_held()?;
    let results = slots.into_iter().map(|slot| slot.into_inner().unwrap_or_default());
    results.map(|result| result.unwrap_or_else(|| Ok(Dynamic::UNIT))).collect::<Result<Array, _>>().map(Dynamic::from)
}

struct Work<'w, 'a, 'c> {
    call: &'w Call<'a, 'c>,
    closure: &'w Closure,
    items: &'w Array,
    slots: &'w [Slot],
    /// What each branch says, where that waits for its turn.
    held: &'w [Arc<Held>],
    next: AtomicUsize,
    /// Which `parallel` of its branch it is.
    number: u32,
}

impl Work<'_, '_, '_> {
    fn run(&self, workers: usize) -> Result<(), Box<EvalAltResult>> {
        let Place { branch, echoes, .. } = self.call.run.place();
        std::thread::scope(|scope| {
            for _ in 0..workers {
                let (branch, echoes) = (branch.clone(), &echoes);
                let worker = std::thread::Builder::new().name("crawl-branch".to_owned()).stack_size(STACK_BYTES);
                let spawned = worker.spawn_scoped(scope, move || self.work(&branch, echoes));
                if let Err(error) = spawned {
                    return Err(self.call.fail("crawl::parallel::thread", format!("cannot start a thread: {error}")));
                }
            }
            Ok(())
        })
    }

    /// Takes items until none is left; after a failure no new one is begun.
    fn work(&self, parent: &Branch, echoes: &[Arc<Echo>]) {
        loop {
            let index = self.next.fetch_add(1, Ordering::SeqCst);
            let Some(item) = self.items.get(index) else { break };
            let (branch, held) = (self.branch(parent, index), self.held.get(index).cloned());
            self.call.run.set_place(Place { branch, echoes: echoes.to_vec(), held, ..Place::default() });
            let result =
                self.closure.call_raw(self.call.ctx, vec![item.clone(), i64::try_from(index).unwrap_or(0).into()]);
            if result.is_err() {
                self.next.store(self.items.len(), Ordering::SeqCst);
            }
            *lock(&self.slots[index]) = Some(result);
        }
        self.call.run.forget_place();
    }

    fn branch(&self, parent: &Branch, index: usize) -> Branch {
        parent.child(self.number, u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Says what the branches said, one after the other.
    fn say_held(&self) -> Result<(), Box<EvalAltResult>> {
        let parent = self.call.run.place();
        let said = self.held.iter().enumerate().try_for_each(|(index, held)| {
            let branch = self.branch(&parent.branch, index);
            self.call.run.set_place(Place { branch, held: parent.held.clone(), ..Place::default() });
            written(self.call, self.call.run.say_held(held)).map(drop)
        });
        self.call.run.set_place(parent);
        said
    }
}
