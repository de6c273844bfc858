package invite

import (
	"context"
	"errors"
	"math/bits"
	"math/rand/v2"
	"time"

	"group-invites/shared/directory"
)

// Counting the uses of a capped link that many redeem at once. A link's uses are counted on its own row, in the transaction of the joining:
// about 40 a second get through, because transactions on one row are in each other's way. A redeemer who was pushed aside there a few times
// deals what is left among shards, once. From then on each joining counts on one of them, in its transaction as before, so that nothing
// is reserved and nothing has to heal.
//
// A shard has a share of the places, which follows from the invite's row and never changes. Its row is there from its first use on. Uses only
// grow, so a shard that was seen full is full, and a link whose shards were all seen full, one after the other, is used up. Who fills a shard
// or sees a full one says so on the invite's row, which everybody reads anyway; so nobody has to look at all of them to know that the
// link is used up.
const (
	// MaxShards is as many as a delete can close together with the invite, in one transaction.
	MaxShards = 64
	// minShards is what makes it worth while: a link with fewer places is used up sooner than it would be dealt out.
	minShards = 8
	// minShare keeps shards from being full before they are of use.
	minShare = 4
	// patience is how often a redeem is pushed aside before it deals the places out.
	patience = 2
	// closingTime is for how long redeemers hold back for a delete. One that takes longer says again that it is at it.
	closingTime = time.Second
	// courtesy is how often one redeem holds back, at most: about half a second in all.
	courtesy = 10
)

// tries is what a redeem went through so far.
type tries struct {
	aside int                  // pushed aside when it wrote
	held  int                  // held back for a delete
	me    directory.Membership // the caller's, as it was read last
	// unanswered is the JoinID that the caller's row had before the first attempt that wrote and got no answer; nil: there was none.
	unanswered *string
}

// Sharded tells whether uses are counted on shards.
func (i *Invite) Sharded() bool { return i.Shards > 0 }

// open tells whether there may be places left on shards.
func (i *Invite) open() bool { return i.Sharded() && i.Full.len() < i.Shards }

// Known gives the uses that are known of a sharded link from its own row: those before the places were dealt out, and those of full shards.
func (i *Invite) Known() int {
	uses := i.Dealt
	for n := range i.Shards {
		if i.Full.has(n) {
			uses += i.Share(n)
		}
	}
	return uses
}

// ShardSet is a set of shards.
type ShardSet uint64

// NewShardSet makes a set of numbers below [MaxShards].
func NewShardSet(numbers ...int) (set ShardSet) {
	for _, n := range numbers {
		set |= 1 << n
	}
	return set
}

func (set ShardSet) has(number int) bool { return set>>number&1 == 1 }
func (set ShardSet) len() int            { return bits.OnesCount64(uint64(set)) }

// Numbers gives the numbers in the set, ascending.
func (set ShardSet) Numbers() []int {
	var numbers []int
	for n := range MaxShards {
		if set.has(n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// Share is the number of places on a shard.
func (i *Invite) Share(shard int) int {
	places := i.MaxUses - i.Dealt
	share := places / i.Shards
	if shard < places%i.Shards {
		share++
	}
	return share
}

// Shard names a shard of an invite.
type Shard struct {
	Group  directory.GroupID
	Invite ID
	Number int // from 0
}

func (i *Invite) shardAt(number int) Shard { return Shard{i.Group, i.ID, number} }

// shards names all shards of the invite.
func (i *Invite) shards() []Shard {
	all := make([]Shard, i.Shards)
	for n := range all {
		all[n] = i.shardAt(n)
	}
	return all
}

// count completes Uses by what was counted on all shards.
func (i *Invite) count(uses []int) {
	i.Uses = i.Dealt
	for _, n := range uses {
		i.Uses += n
	}
}

// shardsFor gives among how many shards so many places are to be dealt; 0 if they are too few.
func shardsFor(places int) int {
	n := min(MaxShards, places/minShare)
	if n < minShards {
		return 0
	}
	return n
}

// two gives two different ones of so many shards by chance, or the one that isn't known to be full, or none. The emptier of two is a good
// choice: all get full at nearly the same time.
func two(shards int, full ShardSet) []int {
	open := ((^ShardSet(0)) >> (MaxShards - shards) &^ full).Numbers()
	for i := range min(2, len(open)) {
		j := i + rand.IntN(len(open)-i)
		open[i], open[j] = open[j], open[i]
	}
	return open[:min(2, len(open))]
}

// NoShard is the shard of a joining that isn't counted on one.
const NoShard = -1

// shard says where a joining is counted: on the invite's row, or on a shard with a place left. seen is the uses of some shards, as they
// were read with the invite. [directory.ErrChanged] if the invite must be read again, [ErrUsedUp] if all shards are full.
func (s *Service) shard(ctx context.Context, inv *Invite, seen map[int]int, t *tries) (int, error) {
	if !inv.Sharded() {
		shards := shardsFor(inv.MaxUses - inv.Uses)
		if t.aside < patience || shards == 0 {
			return NoShard, nil
		}
		if err := s.Store.DealPlaces(ctx, inv, shards); err != nil {
			return NoShard, err
		}
		return NoShard, directory.ErrChanged
	}
	if age := s.now().Sub(inv.ClosingAt); age < closingTime && age > -closingTime && t.held < courtesy {
		t.held++
		return NoShard, directory.ErrChanged
	}
	best, room := NoShard, 0
	var filled ShardSet
	for shard, uses := range seen {
		left := inv.Share(shard) - uses
		if left > room {
			best, room = shard, left
		}
		if left <= 0 && !inv.Full.has(shard) {
			filled |= NewShardSet(shard)
		}
	}
	switch {
	case best != NoShard:
		return best, nil
	case filled == 0: // this instance knew of no shards, or of fewer full ones; its next redeem will choose with a look
		open := two(inv.Shards, inv.Full)
		return open[0], nil
	}
	return s.lookForRoom(ctx, inv)
}

// lookForRoom looks at all shards, and tells on the invite's row which are full.
func (s *Service) lookForRoom(ctx context.Context, inv *Invite) (int, error) {
	uses, err := s.Store.ShardUses(ctx, inv.shards())
	if err != nil {
		return NoShard, err
	}
	var full ShardSet
	for shard, n := range uses {
		if n >= inv.Share(shard) {
			full |= NewShardSet(shard)
		}
	}
	if err := s.fill(ctx, inv, full&^inv.Full); err != nil {
		return NoShard, err
	}
	if inv.count(uses); inv.UsedUp() {
		return NoShard, ErrUsedUp
	}
	// One place by chance of all that are left.
	place := rand.IntN(inv.MaxUses - inv.Uses)
	for shard, n := range uses {
		if place -= inv.Share(shard) - n; place < 0 {
			return shard, nil
		}
	}
	return NoShard, directory.ErrChanged
}

// fill tells on the invite's row that shards are full. That spares others a look, and no more; so it isn't repeated if it doesn't come through.
func (s *Service) fill(ctx context.Context, inv *Invite, full ShardSet) error {
	if full == 0 {
		return nil
	}
	err := s.Store.FillShards(ctx, inv, full)
	if errors.Is(err, directory.ErrChanged) || errors.Is(err, directory.ErrUnavailable) {
		return nil
	}
	return err
}

// countAll completes the uses of invites that are counted on shards; of the others they are known.
func (s *Service) countAll(ctx context.Context, invites []Invite) error {
	return CountAll(ctx, s.Store.ShardUses, invites)
}

// CountAll completes the uses of invites that are counted on shards, as their rows alone don't tell them. read is [Store.ShardUses], whose errors
// are given as they are.
func CountAll(ctx context.Context, read func(context.Context, []Shard) ([]int, error), invites []Invite) error {
	var wanted []Shard
	for i := range invites {
		if invites[i].open() {
			wanted = append(wanted, invites[i].shards()...)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	uses, err := read(ctx, wanted)
	if err != nil {
		return err
	}
	for i := range invites {
		if inv := &invites[i]; inv.open() {
			inv.count(uses[:inv.Shards])
			uses = uses[inv.Shards:]
		}
	}
	return nil
}

// look completes the uses so far that the invite's state is right: one shard with a place left is enough to see that it isn't used up.
func (s *Service) look(ctx context.Context, inv *Invite) error {
	if !inv.open() {
		return nil
	}
	var some []Shard
	for _, n := range two(inv.Shards, inv.Full) {
		some = append(some, inv.shardAt(n))
	}
	uses, err := s.Store.ShardUses(ctx, some)
	if err != nil {
		return err
	}
	for i, shard := range some {
		if uses[i] < inv.Share(shard.Number) {
			return nil
		}
	}
	if uses, err = s.Store.ShardUses(ctx, inv.shards()); err == nil {
		inv.count(uses)
	}
	return err
}
