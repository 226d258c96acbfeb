package strangers

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"github.com/entrepot-go/entrepot/storagetest"
)

// TestIBMSDKForJavaScript has IBM's SDK for JavaScript judge the emulator, where
// it is installed: it is a package of Node.js that these tests do not install.
func TestIBMSDKForJavaScript(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "node", "-e", "require('ibm-cos-sdk')").CombinedOutput(); err != nil {
		t.Skipf("ibm-cos-sdk is not there for node (npm install ibm-cos-sdk, and NODE_PATH): %v\n%.200s", err, out)
	}
	srv := storagetest.NewIBMCOS(storagetest.WithCredentials(keyID, secret))
	defer srv.Close()
	cmd := exec.CommandContext(ctx, "node", "testdata/judge_ibmcos.cjs", srv.URL, srv.TokenURL(), srv.APIKey(), srv.ServiceInstance(), keyID, secret)
	cmd.WaitDelay = 5 * time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("IBM's SDK for JavaScript: %v (%v)\n%s", err, ctx.Err(), out)
	}
}
