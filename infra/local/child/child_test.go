package child_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"group-invites/infra/local/child"
)

// TestMain plays the parent that dies, where asked.
func TestMain(m *testing.M) {
	if os.Getenv("PLAY_PARENT") != "" {
		p, err := child.Start(exec.Command("sleep", "600"))
		if err != nil {
			panic(err)
		}
		fmt.Println(p.PID())
		select {}
	}
	os.Exit(m.Run())
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// ends waits until a process is gone that isn't a child of ours.
func ends(pid int) bool {
	for range 100 {
		if !alive(pid) {
			return true
		}
		// A process whose parent died may stay as a zombie where nobody collects it.
		if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}

func TestStart_ChildDoesNotOutliveItsParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // only Linux promises it
	}
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "PLAY_PARENT=1")
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || !alive(pid) {
		t.Fatalf("child %q: %v", line, err)
	}
	parent.Process.Kill()
	parent.Wait()
	if !ends(pid) {
		t.Error("the child still runs")
	}
}

func TestStop_AsksThenKills(t *testing.T) {
	polite, err := child.Start(exec.Command("sleep", "600"))
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	polite.Stop(10 * time.Second)
	if alive(polite.PID()) || time.Since(begin) > 5*time.Second {
		t.Errorf("after %v it runs: %v", time.Since(begin), alive(polite.PID()))
	}
	deaf, err := child.Start(exec.Command("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"))
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	deaf.Stop(100 * time.Millisecond)
	if alive(deaf.PID()) || deaf.State().Success() {
		t.Errorf("state %v", deaf.State())
	}
	deaf.Stop(time.Second) // has ended: nothing happens
}

func TestKillAll(t *testing.T) {
	p, err := child.Start(exec.Command("sleep", "600"))
	if err != nil {
		t.Fatal(err)
	}
	child.KillAll()
	select {
	case <-p.Done():
	case <-time.After(5 * time.Second):
		t.Error("it still runs")
	}
}
