package transfer

import (
	"testing"
	"time"
)

// SetCheckpointInterval sets how often the checkpoint of a download is written.
func SetCheckpointInterval(t *testing.T, d time.Duration) {
	before := checkpointInterval
	t.Cleanup(func() { checkpointInterval = before })
	checkpointInterval = d
}
