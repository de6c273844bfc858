package stack

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

const loopback = "127.0.0.1"

// listen takes the port of the gateway, and for the AWS endpoint the one after it if it is free.
func (s *Stack) listen() error {
	var err error
	s.listener, err = net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(s.options.Port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d is in use: stop what uses it, or take another with PORT=", s.options.Port)
	}
	if err != nil {
		return err
	}
	s.url = "http://" + s.listener.Addr().String()
	next := s.listener.Addr().(*net.TCPAddr).Port + 1
	if s.options.Port == 0 {
		next = 0 // whoever takes any port gets any
	}
	if s.awsPort, err = net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(next))); err != nil {
		s.awsPort, err = net.Listen("tcp", net.JoinHostPort(loopback, "0"))
	}
	return err
}

// onlyLocal refuses requests that a web page of another origin could have caused: those for another host, which is how a
// name that was rebound to this machine gives itself away, those from another origin, and what a page of another site loads without saying
// its origin, as a script or a picture (Fetch Metadata, https://www.w3.org/TR/fetch-metadata/): a token that runs as a script could be read by
// the page. The other name of this address is not another origin: people open the web app by either, and it asks the identity provider by one.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, port := r.Host, ""
		if name, number, err := net.SplitHostPort(host); err == nil {
			host, port = name, ":"+number
		}
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		embedded := origin == "" && (site == "cross-site" || site == "same-site") && r.Header.Get("Sec-Fetch-Mode") != "navigate"
		if embedded || host != loopback && host != "localhost" || origin != "" && origin != "http://"+loopback+port && origin != "http://localhost"+port {
			http.Error(w, "this is for requests from this machine, to "+loopback+" or localhost, and from no other origin", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// split sends requests below /dev to dev and all others to the API.
func split(dev, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/dev" || strings.HasPrefix(r.URL.Path, "/dev/") {
			dev.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// localhostURL is the same address by the name localhost, which browsers take for another origin.
func localhostURL(baseURL string) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return "", err
	}
	return "http://localhost:" + u.Port(), nil
}

// checkEndpoint refuses a DynamoDB on another machine unless that is meant, and the table's name shows it.
func checkEndpoint(endpoint, table string, allowRemote bool) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("DYNAMODB_ENDPOINT %q isn't the URL of an endpoint, such as http://127.0.0.1:8000", endpoint)
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	if !allowRemote {
		return fmt.Errorf("DYNAMODB_ENDPOINT %s is on another machine: seeding and tests would write to its table. If that is meant, set ALLOW_REMOTE_TABLE=1", endpoint)
	}
	if !strings.HasPrefix(table, "local-") {
		return fmt.Errorf("a table on another machine must be named local-…, not %s: set TABLE_NAME", table)
	}
	return nil
}
