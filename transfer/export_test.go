package transfer

import "time"

// SetCheckpointInterval sets how often the checkpoint of a download is written, and
// returns how often it was.
func SetCheckpointInterval(d time.Duration) (before time.Duration) {
	before, checkpointInterval = checkpointInterval, d
	return before
}
