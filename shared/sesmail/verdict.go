package sesmail

import (
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"group-invites/shared/mail"
)

// verdict turns an error of the SDK into one of the domain's. What it says stays, for the log, but for the addresses: SES names the
// recipient in some, and a log is no place for him.
func verdict(err error) error {
	cause := address.ReplaceAllString(err.Error(), "(address)")
	if kind := kind(err); kind != nil {
		return fmt.Errorf("send mail: %w: %s", kind, cause)
	}
	return errors.New("send mail: " + cause)
}

// address is whatever has an at-sign within.
var address = regexp.MustCompile(`\S*@\S*`)

// kind gives what SES's answer means, or nil for a fault of ours
// (https://docs.aws.amazon.com/ses/latest/APIReference/API_SendRawEmail.html#API_SendRawEmail_Errors,
// https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html).
func kind(err error) error {
	status := 0
	if answer := new(smithyhttp.ResponseError); errors.As(err, &answer) {
		status = answer.HTTPStatusCode()
	}
	api := smithy.APIError(nil)
	switch {
	case errors.As(err, &api) && status < 500:
		return kindOf(api.ErrorCode(), api.ErrorMessage())
	case status >= 400 && status < 500:
		return nil // an answer that isn't SES's
	case notConnected(err):
		return mail.ErrThrottled // SES didn't take it, for sure
	}
	return mail.ErrUndecided
}

// kindOf gives what a fault of which SES says that the request is to blame means.
func kindOf(code, message string) error {
	message = strings.ToLower(message)
	switch code {
	case "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestThrottled":
		if strings.Contains(message, "quota") { // "Daily message quota exceeded."
			return mail.ErrQuota
		}
		return mail.ErrThrottled
	case "AccountSendingPausedException", "ConfigurationSetSendingPausedException", "ConfigurationSetDoesNotExist", "ConfigurationSetDoesNotExistException",
		"MailFromDomainNotVerifiedException", "AccessDenied", "AccessDeniedException", "OptInRequired", "ProductionAccessNotGranted":
		return mail.ErrPaused
	case "MessageRejected":
		// "Email address is not verified. The following identities failed the check in region …": of the sender's, or in the sandbox of
		// the recipient's. Neither is the message's fault.
		if strings.Contains(message, "not verified") || strings.Contains(message, "sending paused") || strings.Contains(message, "sending has been disabled") {
			return mail.ErrPaused
		}
		return mail.ErrRejected
	case "InvalidParameterValue":
		// "Domain contains dot-string", "Local address contains control or whitespace", "Illegal address" and the like. What else a
		// request holds is ours, and the same in all.
		if strings.Contains(message, "address") || strings.Contains(message, "domain") {
			return mail.ErrRejected
		}
	case "ServiceUnavailable", "InternalFailure", "InternalServiceError", "RequestTimeout":
		return mail.ErrUndecided
	}
	return nil
}

// notConnected tells whether no connection came about, so that nothing was sent.
func notConnected(err error) bool {
	network := new(net.OpError)
	return errors.As(err, &network) && network.Op == "dial"
}
