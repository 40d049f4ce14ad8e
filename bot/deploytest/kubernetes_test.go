// Package deploytest checks the files of deploy with the types and parsers of the
// tools that read them. It has no code of its own.
package deploytest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

const deploy = "../../deploy"

// kinds are the API types by apiVersion and kind.
var kinds = map[string]func() any{
	"v1 Namespace":                           func() any { return &corev1.Namespace{} },
	"v1 ServiceAccount":                      func() any { return &corev1.ServiceAccount{} },
	"v1 Service":                             func() any { return &corev1.Service{} },
	"v1 ConfigMap":                           func() any { return &corev1.ConfigMap{} },
	"apps/v1 Deployment":                     func() any { return &appsv1.Deployment{} },
	"apps/v1 StatefulSet":                    func() any { return &appsv1.StatefulSet{} },
	"autoscaling/v2 HorizontalPodAutoscaler": func() any { return &autoscalingv2.HorizontalPodAutoscaler{} },
	"policy/v1 PodDisruptionBudget":          func() any { return &policyv1.PodDisruptionBudget{} },
	"networking.k8s.io/v1 Ingress":           func() any { return &networkingv1.Ingress{} },
	"networking.k8s.io/v1 NetworkPolicy":     func() any { return &networkingv1.NetworkPolicy{} },
}

// decode reads each document of a YAML stream strictly into its API type: an
// unknown or misspelt field, or one given twice, is an error.
func decode(t *testing.T, stream []byte) (objects []any) {
	t.Helper()
	for document := range bytes.SplitSeq(stream, []byte("\n---\n")) {
		var head struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
		}
		require.NoError(t, yaml.Unmarshal(document, &head))
		make, ok := kinds[head.APIVersion+" "+head.Kind]
		require.True(t, ok, "unexpected %s %s", head.APIVersion, head.Kind)
		object := make()
		require.NoError(t, yaml.UnmarshalStrict(document, object), "%s", document)
		objects = append(objects, object)
	}
	return objects
}

// kustomization is what kustomize reads of ours.
type kustomization struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Namespace  string   `json:"namespace"`
	Resources  []string `json:"resources"`
	Labels     []struct {
		Pairs            map[string]string `json:"pairs"`
		IncludeSelectors bool              `json:"includeSelectors"`
	} `json:"labels"`
	ConfigMapGenerator []struct {
		Name     string   `json:"name"`
		Literals []string `json:"literals"`
	} `json:"configMapGenerator"`
	Images []struct {
		Name    string `json:"name"`
		NewName string `json:"newName"`
		NewTag  string `json:"newTag"`
	} `json:"images"`
}

func manifests(t *testing.T) (kustomization, []any) {
	t.Helper()
	dir := filepath.Join(deploy, "kubernetes")
	data, err := os.ReadFile(filepath.Join(dir, "kustomization.yaml"))
	require.NoError(t, err)
	var k kustomization
	require.NoError(t, yaml.UnmarshalStrict(data, &k))
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	require.NoError(t, err)
	require.Len(t, k.Resources, len(files)-1, "every file is a resource")
	var objects []any
	for _, name := range k.Resources {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		objects = append(objects, decode(t, data)...)
	}
	return k, objects
}

// pods are the pod templates by the name of what makes them.
func pods(objects []any) map[string]corev1.PodTemplateSpec {
	found := map[string]corev1.PodTemplateSpec{}
	for _, o := range objects {
		switch o := o.(type) {
		case *appsv1.Deployment:
			found[o.Name] = o.Spec.Template
		case *appsv1.StatefulSet:
			found[o.Name] = o.Spec.Template
		}
	}
	return found
}

func TestManifestsAreStrictlyTheAPI(t *testing.T) {
	k, objects := manifests(t)
	require.Equal(t, "membot", k.Namespace)
	require.Len(t, pods(objects), 3)
	for name, pod := range pods(objects) {
		t.Run(name, func(t *testing.T) { checkPod(t, pod) })
	}
}

func checkPod(t *testing.T, pod corev1.PodTemplateSpec) {
	t.Helper()
	require.True(t, *pod.Spec.SecurityContext.RunAsNonRoot)
	require.Equal(t, corev1.SeccompProfileTypeRuntimeDefault, pod.Spec.SecurityContext.SeccompProfile.Type)
	require.False(t, *pod.Spec.AutomountServiceAccountToken)
	volumes := map[string]bool{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = true
	}
	for _, c := range pod.Spec.Containers {
		require.False(t, *c.SecurityContext.AllowPrivilegeEscalation)
		require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem)
		require.Equal(t, []corev1.Capability{"ALL"}, c.SecurityContext.Capabilities.Drop)
		require.NotNil(t, c.LivenessProbe)
		require.NotNil(t, c.ReadinessProbe)
		require.Positive(t, c.Resources.Requests.Cpu().Cmp(resource.Quantity{}))
		require.Positive(t, c.Resources.Limits.Memory().Cmp(*c.Resources.Requests.Memory()))
		ports := map[string]bool{}
		for _, p := range c.Ports {
			ports[p.Name] = true
		}
		for _, p := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
			if p != nil && p.HTTPGet != nil {
				require.True(t, ports[p.HTTPGet.Port.StrVal], "probe of port %s", p.HTTPGet.Port.StrVal)
			}
		}
		for _, m := range c.VolumeMounts {
			require.True(t, volumes[m.Name] || m.Name == "data", "volume %s", m.Name)
		}
	}
}

// TestManifestsFitTogether: what refers to something finds it.
func TestManifestsFitTogether(t *testing.T) {
	_, objects := manifests(t)
	templates := pods(objects)
	finds := func(labels map[string]string) bool {
		for _, pod := range templates {
			match := len(labels) > 0
			for key, value := range labels {
				match = match && pod.Labels[key] == value
			}
			if match {
				return true
			}
		}
		return false
	}
	services := map[string]bool{}
	for _, o := range objects {
		switch o := o.(type) {
		case *corev1.Service:
			services[o.Name] = true
			require.True(t, finds(o.Spec.Selector), "service %s", o.Name)
		case *policyv1.PodDisruptionBudget:
			require.True(t, finds(o.Spec.Selector.MatchLabels), "budget %s", o.Name)
		case *networkingv1.NetworkPolicy:
			require.True(t, o.Name == "default-deny" || finds(o.Spec.PodSelector.MatchLabels), "policy %s", o.Name)
		case *appsv1.Deployment:
			require.True(t, finds(o.Spec.Selector.MatchLabels))
			require.Greater(t, *o.Spec.Template.Spec.TerminationGracePeriodSeconds, int64(25+5), "drain and preStop fit in")
		case *appsv1.StatefulSet:
			require.True(t, finds(o.Spec.Selector.MatchLabels))
		}
	}
	for _, o := range objects {
		switch o := o.(type) {
		case *autoscalingv2.HorizontalPodAutoscaler:
			require.Contains(t, templates, o.Spec.ScaleTargetRef.Name)
		case *networkingv1.Ingress:
			path := o.Spec.Rules[0].HTTP.Paths[0]
			require.Equal(t, "/interactions", path.Path, "nothing else is reachable from outside")
			require.True(t, services[path.Backend.Service.Name])
		case *appsv1.StatefulSet:
			require.True(t, services[o.Spec.ServiceName])
		}
	}
}

// TestOnlyTheGatewayHasTheBotToken: a token means a gateway, a key means HTTP.
func TestOnlyTheGatewayHasTheBotToken(t *testing.T) {
	_, objects := manifests(t)
	for name, pod := range pods(objects) {
		text, err := yaml.Marshal(pod)
		require.NoError(t, err)
		require.Equal(t, name == "membot-gateway", strings.Contains(string(text), "membot-discord"), name)
		require.Equal(t, name == "membot-http", strings.Contains(string(text), "name: membot-http"), name)
	}
}

func TestKustomizeBuilds(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("skipped: kubectl is not installed")
	}
	out, err := exec.CommandContext(t.Context(), kubectl, "kustomize", filepath.Join(deploy, "kubernetes")).Output()
	require.NoError(t, err)
	objects := decode(t, out)
	_, want := manifests(t)
	require.Len(t, objects, len(want)+2, "the manifests and two settings maps")
	for name, pod := range pods(objects) {
		if strings.HasPrefix(name, "membot") {
			require.Regexp(t, `^membot:`, pod.Spec.Containers[0].Image)
			require.Regexp(t, `^membot-[a-z0-9]{10}$`, pod.Spec.Containers[0].EnvFrom[0].ConfigMapRef.Name, "changed settings restart the pods")
		}
	}
}
