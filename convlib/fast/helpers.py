"""The loop in which helpers live, and how a call hands them work, without the interpreter.

A helper enters :func:`live` once. There it looks for work for about a millisecond, then sleeps
until a call wakes it. It takes no lock, and above all not the interpreter's: asking for that one
took longer than most layers. The system tends to wake a thread on the processor of the thread that
woke it, where it would wait, often for milliseconds, for just the work that it should share. So a
helper sleeps bound to the other processors than those that worked for its last call. A helper that
still finds itself on a processor which works for a call moves to another one, and does without the
call if there is none. A helper that loses its processor in the middle of work, which the call then
waits for, has a busy neighbour, and rests for a while.

A call takes one of the team's slots, writes down its job there and opens the slot's gate. The gate
counts who is inside: once it is closed and nobody is left, no helper will touch the call's arrays,
and a helper that comes late finds it closed. Nothing depends on which thread does which piece.

Where the system is not Linux (:mod:`convlib.fast.system`), a helper that has nothing to do leaves
the loop instead of sleeping in it, and waits in the interpreter for the next call; it does not know
its processor, and does not move.
"""

from numba import njit

from convlib.fast.native import (
    add,
    address_of,
    exchange,
    inner,
    look,
    pause,
    perform,
    raise_if_failed,
    set_bits,
    words_at,
)
from convlib.fast.system import (
    SET_WORDS,
    come_back,
    keep_off,
    nanoseconds,
    processor,
    processors,
    rest,
    sleep_while,
    times_displaced,
    wake,
)

# How often a helper looks before it sleeps, and a call before it leaves its processor to others for
# some microseconds at a time: about 1 and 0.4 ms where a pause takes 45 ns, and less where it is
# shorter.
LOOKS, LOOKS_FOR_END, SHORT_REST = 25_000, 10_000, 20
# Nanoseconds after which another processor must be busy with something else, and for which work is
# worth the wait for a helper that loses its processor, some milliseconds. Microseconds for which a
# helper otherwise leaves such a processor alone, longer each time it happens.
LONG_WAIT, LONG_WORK = 200_000, 5_000_000
SHORTEST_REST, LONGEST_REST = 1_000, 32_000

# The words of a team. Those that several threads write have a cache line each, 8 words.
EPOCH, ASLEEP, STOP, NATIVE, SLOTS = 0, 8, 16, 24, 25
TEAM_WORDS = 64
# The words of a job. A call brings them, and has them copied to one of the team's slots.
NEXT, GATE, OWNER, TICKET = 0, 8, 16, 17
COUNT, WANTED, MEMORY, EACH, TEAM, CODE, BLOCK, STATUS, ERROR = 24, 25, 26, 27, 28, 29, 30, 31, 32
# The processors that work for it, and room for the system's answers.
TAKEN, SPARE = 40, 40 + SET_WORDS
JOB_WORDS = SPARE + SET_WORDS + 8
# The words of a helper: room for the system's answers, the processors that worked for its last job,
# itself apart, and sets of processors.
LAST, SETS = 24, 24 + SET_WORDS
OWN_WORDS = SETS + 3 * SET_WORDS
# The gate's word when it is open and nobody is inside.
OPEN = 1 << 32


@njit(cache=True, nogil=True)
def live(team, memory, own):
    """Help whoever calls; return whether the team was stopped, False only where not native.

    `team` are its words, `memory` is the address of this helper's scratch memory, and `own` that of
    OWN_WORDS zeros.
    """
    team, spare = words_at(team), words_at(own)
    last, sets = words_at(address_of(spare, LAST)), words_at(address_of(spare, SETS))
    native = team[NATIVE] != 0
    seen, looks, resting = -1, LOOKS, SHORTEST_REST
    displaced = times_displaced(spare) if native else 0
    add(team, ASLEEP, -1)
    while True:
        for _ in range(looks):
            if look(team, EPOCH) != seen:
                break
            pause()
        if look(team, EPOCH) == seen:
            add(team, ASLEEP, 1)
            if not native:
                return False
            bound = keep_off(last, sets)
            sleep_while(team, seen)
            if bound:
                come_back(sets)
            add(team, ASLEEP, -1)
        if look(team, STOP) != 0:
            return True
        seen, looks = look(team, EPOCH), LOOKS
        waited = worked = 0
        for slot in range(team[SLOTS]):
            job = words_at(address_of(team, TEAM_WORDS + slot * JOB_WORDS))
            while _is_open(job):
                if native and _is_taken(job, processor()):
                    # If it has to wait for the other processor the gate may be closed by then.
                    start = nanoseconds(spare)
                    if not keep_off(words_at(address_of(job, TAKEN)), sets):
                        looks = 0
                        break
                    come_back(sets)
                    waited = max(waited, nanoseconds(spare) - start)
                    displaced = times_displaced(spare)
                elif _enter(job):
                    start = nanoseconds(spare) if native else 0
                    _help(job, memory, native, last)
                    worked = max(worked, nanoseconds(spare) - start) if native else 0
                    break
        if native:
            before, displaced = displaced, times_displaced(spare)
            if waited > LONG_WAIT or (displaced > before and worked < LONG_WORK):
                rest(resting)
                resting, looks = min(2 * resting, LONGEST_REST), 0
            else:
                resting = max(resting // 2, SHORTEST_REST)


@inner
def _is_open(job):
    """Return whether a job needs one more helper."""
    inside = look(job, GATE) - OPEN
    return 0 <= inside < job[WANTED] and look(job, NEXT) < job[COUNT]


@inner
def _enter(job):
    """Go through a job's gate if it is open; return whether it was."""
    gate = look(job, GATE)
    return 0 <= gate - OPEN < job[WANTED] and exchange(job, GATE, gate, gate + 1)


@inner
def _is_taken(job, number):
    """Return whether a processor works for a job already."""
    return number >= 0 and look(job, TAKEN + number // 64) >> number % 64 & 1 != 0


@inner
def _take(job, number):
    """Note that a processor works for a job."""
    if number >= 0:
        set_bits(job, TAKEN + number // 64, 1 << number % 64)


@inner
def _help(job, memory, native, last):
    """Work on a job, inside its gate, and leave; note in `last` which others worked for it."""
    number = processor() if native else -1
    _take(job, number)
    # Who leaves and comes again has no part of the call's memory left.
    ticket = add(job, TICKET, 1)
    if ticket <= job[WANTED]:
        if job[EACH] > 0:
            memory = job[MEMORY] + ticket * job[EACH]
        _work(job, memory)
    for k in range(SET_WORDS):
        last[k] = look(job, TAKEN + k)
    if number >= 0:
        last[number // 64] &= ~(1 << number % 64)
    add(job, GATE, -1)


@inner
def _work(job, memory):
    """Work on a job's pieces until none is left; after an error, let nobody begin another."""
    status, error = perform(job[CODE], address_of(job, 0), memory, job[BLOCK])
    if status != 0:
        add(job, NEXT, job[COUNT])
        if exchange(job, STATUS, 0, status):
            job[ERROR] = error


@inner
def share(words, code, block):
    """Do the pieces of a call together with helpers; return when no thread works on it.

    `words` is a job of which NEXT is 0, and COUNT, WANTED, MEMORY, EACH and TEAM are written; code
    and block are what :func:`convlib.fast.native.handed` returns. Raises what a piece raised.
    """
    brought = words_at(words.ctypes.data)
    brought[CODE], brought[BLOCK] = code, block
    job = brought
    if brought[WANTED] > 0:
        job = _publish(words_at(brought[TEAM]), brought)
    _work(job, brought[MEMORY])
    status, error = job[STATUS], job[ERROR]
    if address_of(job, 0) != address_of(brought, 0):
        _close(job, words_at(brought[TEAM])[NATIVE] != 0)
        status, error = job[STATUS], job[ERROR]
        add(job, OWNER, -1)
    raise_if_failed(status, error)


@inner
def _publish(team, brought):
    """Copy a job to a free slot and wake helpers; return it, or itself if nobody can help."""
    native = team[NATIVE] != 0
    wanted = brought[WANTED]
    if native:
        allowed = processors(words_at(address_of(brought, SPARE)))
        if allowed > 0:
            wanted = min(wanted, allowed - 1)
    if wanted == 0:
        return brought
    for slot in range(team[SLOTS]):
        job = words_at(address_of(team, TEAM_WORDS + slot * JOB_WORDS))
        if look(job, OWNER) == 0 and exchange(job, OWNER, 0, 1):
            job[NEXT] = job[STATUS] = job[ERROR] = 0
            job[TICKET] = 1
            for k in range(COUNT, STATUS):
                job[k] = brought[k]
            job[WANTED] = wanted
            for k in range(SET_WORDS):
                job[TAKEN + k] = 0
            if native:
                _take(job, processor())
            add(job, GATE, OPEN)
            add(team, EPOCH, 1)
            if native and look(team, ASLEEP) > 0:
                wake(team, wanted)
            return job
    return brought


@inner
def _close(job, native):
    """Let no helper into a job any more; return when none is inside."""
    add(job, GATE, -OPEN)
    for _ in range(LOOKS_FOR_END):
        if look(job, GATE) == 0:
            return
        pause()
    # Not a sleep from which a helper wakes it: that would be on the helper's processor.
    while look(job, GATE) != 0:
        if native:
            rest(SHORT_REST)
        else:
            pause()
