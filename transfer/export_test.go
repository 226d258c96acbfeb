package transfer

import (
	"hash/maphash"
	"time"
)

// SetCheckpointInterval sets how often the checkpoint of a download is written, and
// returns how often it was.
func SetCheckpointInterval(d time.Duration) (before time.Duration) {
	before, checkpointInterval = checkpointInterval, d
	return before
}

// FoldingTree is a directory that is written to as on a file system which ignores case.
type FoldingTree struct{ l *localTree }

func OpenFoldingTree(dir string) (FoldingTree, error) {
	l, err := openLocal(dir, false)
	if err == nil {
		l.seed, l.taken = maphash.MakeSeed(), make(map[uint64]string)
	}
	return FoldingTree{l}, err
}

func (t FoldingTree) May(name string) error            { return t.l.may(name) }
func (t FoldingTree) Remove(name string) (bool, error) { return t.l.remove(name) }
func (t FoldingTree) Close()                           { t.l.close() }
