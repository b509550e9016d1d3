#!/usr/bin/perl
# A double of cmd.exe, powershell.exe, pwsh.exe and a few programs beside them, for containers that play Windows. It is called
# by the name of what it plays and knows as much of each as muster's loops and small profiles need:
#  - cmd: one line or its standard input; quotes, carets, %VARIABLES%, & && || and redirections; CRLF; a code page
#  - PowerShell: muster's loop and what a command starts with (by their texts), and one statement a line of plain scripts;
#    a host that eats its standard input unless told not to; CRLF; the code page of the console
#  - exit codes of 32 bits, counted signed; a process that is killed ends with 1
# What it does not know is "not recognized", as there, and never a silence. Files of C:\ lie in the folder `c` beside it.
use strict;
use warnings;
use IO::Handle;
use POSIX ();

my ($home, $self) = $0 =~ m{^(.*)/([^/]+)$};
$| = 1;
STDERR->autoflush(1);
binmode $_ for (\*STDIN, \*STDOUT, \*STDERR);
my $line = delete $ENV{DOUBLE_LINE};    # the command line as Windows has it: one text
$line = command_line(@ARGV) unless defined $line;
utf8::decode($line);
my $exit_fd = delete $ENV{DOUBLE_EXIT_FD};
$ENV{PROCESSOR_ARCHITECTURE} = "AMD64";
$ENV{DOUBLE_CP} = 437 unless defined $ENV{DOUBLE_CP};    # the console's output code page

# ---- processes -------------------------------------------------------------------------------------------------------

# A Linux process ends with 8 bits, and one of Windows with 32: the whole code goes to whoever started us.
sub leave {
    my $code = signed($_[0]);
    if (defined $exit_fd and open my $out, ">&=", $exit_fd) { syswrite $out, $code }
    POSIX::_exit($code & 255 || ($code ? 1 : 0));
}

sub signed { unpack "l", pack "L", $_[0] & 0xffffffff }

# As Go does for what a runtime starts (syscall.EscapeArg).
sub command_line {
    return join " ", map { /[ \t"]/ || $_ eq "" ? '"' . (s/(\\*)"/$1$1\\"/gr =~ s/(\\+)$/$1$1/r) . '"' : $_ } @_;
}

# Starts another program of ours with a command line; gives its exit code. %io: handles in place of 0, 1 and 2.
sub run {
    my ($name, $rest, %io) = @_;
    pipe my $code, my $tell or die;
    my $pid = fork;
    if (!$pid) {
        close $code;
        become($name, $rest, $tell, %io);
    }
    close $tell;
    my $told = join "", <$code>;
    waitpid $pid, 0;
    return $? & 127 ? 1 : $told eq "" ? $? >> 8 : $told;
}

sub become {
    my ($name, $rest, $tell, %io) = @_;
    open STDIN, "<&", $io{0} if $io{0};
    open STDOUT, ">&", $io{1} if $io{1};
    open STDERR, ">&", $io{2} if $io{2};
    fcntl $tell, 2, 0;    # F_SETFD: it stays open
    utf8::encode($rest);
    @ENV{qw(DOUBLE_LINE DOUBLE_EXIT_FD)} = ($rest, fileno $tell);
    exec { "$home/$name" } "$home/$name" or POSIX::_exit(1);
}

# The file of a program, by name with or without .exe.
sub found {
    my $name = lc $_[0];
    $name =~ s{^.*[\\/]}{};
    ($name) = grep { -x "$home/$_" && -f _ } $name, "$name.exe";
    return $name;
}

# Perl's base64 is no part of Debian's smallest Perl; uuencoding has the same bits.
sub encode_base64 {
    my ($bytes) = @_;
    my $text = join "", map { substr(pack("u", $_), 1) =~ tr/\n//dr } unpack "(a45)*", $bytes;
    $text =~ tr{` -_}{AA-Za-z0-9+/};
    my $short = (3 - length($bytes) % 3) % 3;
    return $short ? $text =~ s/.{$short}$/"=" x $short/er : $text;
}

sub decode_base64 {
    my ($text) = $_[0] =~ tr{A-Za-z0-9+/}{}cdr;
    $text =~ tr{A-Za-z0-9+/}{ -_};
    return join "", map { unpack "u", chr(32 + length($_) * 3 / 4) . $_ } unpack "(a60)*", $text;
}

# ---- text ------------------------------------------------------------------------------------------------------------

# Characters as the console's code page has them; 437 has few beyond ASCII, and "?" stands for the others.
sub encoded {
    my ($text) = @_;
    if ($ENV{DOUBLE_CP} == 65001) { utf8::encode($text) }
    else { $text =~ tr/\xe9\xfc\xe4\xf6/\x82\x81\x84\x94/; $text =~ s/[^\x00-\x94]/?/g }
    return $text;
}

sub decoded {
    my ($bytes) = @_;
    return $ENV{DOUBLE_CP} == 65001 && utf8::decode($bytes) ? $bytes : $bytes =~ s/[\x80-\xff]/\x{fffd}/gr;
}

sub put { my ($to, $bytes) = @_; while (length $bytes) { my $n = syswrite $to, $bytes; return unless defined $n; substr $bytes, 0, $n, "" } }
sub say_out { put(\*STDOUT, encoded("$_[0]\r\n")) }
sub say_err { put(\*STDERR, encoded("$_[0]\r\n")) }

my $ahead = "";    # of standard input

sub read_line {
    while ($ahead !~ /\n/) {
        my $n = sysread STDIN, $ahead, 65536, length $ahead;
        next if !defined $n && $!{EINTR};
        last unless $n;
    }
    return undef if $ahead eq "";
    $ahead =~ s/^(.*?)(?:\n|\z)//s;
    return $1 =~ s/\r$//r;
}

# ---- cmd -------------------------------------------------------------------------------------------------------------

my $level = 0;     # %errorlevel%
my $gone;          # the code of `exit`

sub cmd {
    my ($rest) = @_;
    my $echo = 1;
    while ($rest =~ s{^\s*/([a-z])(?=[\s"/]|$)}{}i) {
        my $option = lc $1;
        $echo = 0 if $option eq "q";
        if ($option eq "c") {
            $rest =~ s/^\s+//;
            # The rule for quotes (cmd /?): the first and the last go, as an executable's name alone in quotes is never given here.
            $rest =~ s/^"(.*)"/$1/s;
            cmd_line($rest);
            return defined $gone ? $gone : $level == 9009 ? 1 : $level;
        }
    }
    put(\*STDOUT, "Microsoft Windows [Version 10.0.20348.2340]\r\n(c) Microsoft Corporation. All rights reserved.\r\n\r\n");
    while (defined(my $text = read_line())) {
        put(\*STDOUT, "C:\\>$text\r\n") if $echo;
        utf8::decode($text);
        cmd_line($text);
        return $gone if defined $gone;
    }
    return $level;
}

# One line: variables first, then carets and quotes, then its commands one after the other.
sub cmd_line {
    my ($text) = @_;
    $text =~ s{%([^%\s]+)%}{lc $1 eq "errorlevel" ? $level : defined $ENV{uc $1} ? $ENV{uc $1} : "%$1%"}ge;
    my @commands = ({ text => "", when => "&" });
    my $quoted = 0;
    while ($text =~ /\G(?:(\^)(.?)|(")|(&&|\|\||&|\|)|((?<![^\s&|<>])\d)?(>>?|<)(&?)|(.))/gs) {
        my ($caret, $next, $quote, $operator, $digit, $redirect, $dup, $other) = ($1, $2, $3, $4, $5, $6, $7, $8);
        my $command = $commands[-1];
        if ($quoted && !defined $quote) { $command->{text} .= $& }
        elsif (defined $caret) { $command->{text} .= $next }
        elsif (defined $quote) { $quoted = !$quoted; $command->{text} .= '"' }
        elsif (defined $operator) { push @commands, { text => "", when => $operator } }
        elsif (defined $redirect) {
            $text =~ /\G\s*([^\s&|<>]+)/gc or return not_recognized("");
            push @{ $command->{to} }, [$digit // ($redirect eq "<" ? 0 : 1), $redirect, $dup, $1];
        }
        else { $command->{text} .= $other }
    }
    for my $command (@commands) {
        next if $command->{when} eq "&&" && $level || $command->{when} eq "||" && !$level;
        $command->{text} =~ s/^\s*@?\s*//;
        next if $command->{text} eq "" && !$command->{to};
        cmd_command($command);
        return if defined $gone;
    }
}

sub cmd_command {
    my ($command) = @_;
    my %kept;
    for my $to (@{ $command->{to} || [] }) {
        my ($fd, $how, $dup, $where) = @$to;
        my $handle = (\*STDIN, \*STDOUT, \*STDERR)[$fd];
        open $kept{$fd}, $fd ? ">&" : "<&", $handle unless $kept{$fd};
        if ($dup) { open $handle, ">&", (\*STDIN, \*STDOUT, \*STDERR)[$where] }
        else { open $handle, $how, lc $where eq "nul" ? "/dev/null" : host_path($where) or say_err("The system cannot find the path specified.") }
    }
    $level = cmd_do($command->{text});
    for my $fd (keys %kept) { open((\*STDIN, \*STDOUT, \*STDERR)[$fd], $fd ? ">&" : "<&", $kept{$fd}) }
}

sub cmd_do {
    my ($text) = @_;
    my ($word, $rest) = $text =~ m{^("[^"]+"|[^\s"]+?(?=[\s"]|\z))\s?(.*)$}s or return not_recognized($text);
    $word =~ tr/"//d;
    $rest =~ s/\s+$// unless lc $word eq "echo";
    if (lc $word eq "echo") { say_out($rest); return $level }
    if (lc $word eq "ver") { say_out(""); say_out("Microsoft Windows [Version 10.0.20348.2340]"); return 0 }
    if (lc $word eq "chcp") { $ENV{DOUBLE_CP} = $1 if $rest =~ /^(\d+)/; say_out("Active code page: $ENV{DOUBLE_CP}"); return 0 }
    if (lc $word eq "rem") { return $level }
    if (lc $word eq "exit") { $rest =~ m{(-?\d+)\s*$} ? ($gone = signed($1)) : ($gone = $level); return $gone }
    if (lc $word eq "type") {
        my $path = host_path($rest =~ tr/"//dr);
        if (!open my $file, "<:raw", $path) { say_err("The system cannot find the file specified."); return 1 }
        else { local $/; put(\*STDOUT, <$file>); return 0 }
    }
    my $name = found($word) or return not_recognized($word);
    return run($name, $rest);
}

sub not_recognized {
    say_err("'$_[0]' is not recognized as an internal or external command,\r\noperable program or batch file.");
    return 9009;
}

# ---- PowerShell ------------------------------------------------------------------------------------------------------

my ($ok, $last, %variables) = (1, undef);
my $output = \*STDOUT;

sub powershell {
    my ($rest) = @_;
    my ($script, $input) = ("", "text");
    while ($rest =~ s/^\s*-(\w+)//) {
        my $option = lc $1;
        if ($option eq "inputformat") { $rest =~ s/^\s+(\w+)//; $input = lc $1 }
        elsif ($option eq "outputformat") { $rest =~ s/^\s+(\w+)// }
        elsif ($option eq "encodedcommand") { $rest =~ s/^\s+(\S+)//; $script = utf16(decode_base64($1)) }
        elsif ($option eq "command") { $script = $rest =~ s/^\s+|\s+$//gr =~ s/^"(.*)"$/$1/sr; $rest = "" }
    }
    # Each line would be an object for $input: the host reads them while the script runs.
    if ($input ne "none") { 1 while sysread STDIN, my $eaten, 65536 }
    return script($script);
}

sub utf16 { pack "U*", map { $_ } utf16_units(unpack "v*", $_[0]) }

sub utf16_units {
    my @out;
    while (defined(my $unit = shift)) {
        $unit = 0x10000 + (($unit - 0xd800) << 10) + (shift() - 0xdc00) if $unit >= 0xd800 && $unit < 0xdc00;
        push @out, $unit;
    }
    return @out;
}

sub script {
    my ($text) = @_;
    return entrance() if $text =~ /^\$muster_in=New-Object IO\.StreamReader/;
    return command_entrance() if $text =~ /Invoke-Expression \$muster_s$/;
    for my $statement (statements($text)) {
        my $code = statement($statement);
        return $code if defined $code;
    }
    return $ok ? 0 : 1;
}

# What muster sends first: the loop, in base64.
sub entrance {
    my $loop = decode_base64(read_line() // return 1);
    return failed("Invoke-Expression : the loop is not muster's") unless $loop =~ /^while\(\$line=\$muster_in\.ReadLine\(\)\)/m;
    my ($arguments) = $loop =~ /\$start\.Arguments='([^']+)'/;
    my ($size) = $loop =~ /byte\[\] (\d+)/;
    $ENV{DOUBLE_CP} = 65001 if $loop =~ /\[Console\]::OutputEncoding=New-Object Text\.UTF8Encoding \$false/;
    $SIG{PIPE} = "IGNORE";
    while (defined(my $request = read_line())) {
        last if $request eq "";
        my ($mark, $script, $feed) = split / /, $request;
        if (!defined $script) { frame("$mark g $$"); next }
        answer($mark, $arguments, $size, "$script\n" . decode_base64($feed // ""));
    }
    return 0;
}

sub frame { put(\*STDOUT, "$_[0]\n") }

sub answer {
    my ($mark, $arguments, $size, $feed) = @_;
    pipe my $in, my $feeder; pipe my $out, my $put_out; pipe my $err, my $put_err; pipe my $code, my $tell;
    my $pid = fork;
    if (!$pid) {
        close $_ for $feeder, $out, $err, $code;
        become($self, $arguments, $tell, 0 => $in, 1 => $put_out, 2 => $put_err);
    }
    close $_ for $in, $put_out, $put_err, $tell;
    frame("$mark p $pid");
    $feeder->blocking(0);
    my %from = (o => $out, e => $err);
    my %count = (o => 0, e => 0);
    while (%from) {
        my ($read, $write) = ("");
        vec($read, fileno $_, 1) = 1 for values %from;
        vec($write, fileno $feeder, 1) = 1 if $feeder;
        next if select(my $can_read = $read, my $can_write = $write, undef, undef) < 0;
        if ($feeder && vec $can_write, fileno $feeder, 1) {
            my $n = syswrite $feeder, $feed;
            substr $feed, 0, $n // length $feed, "" unless !defined $n && $!{EAGAIN};
            if ($feed eq "") { close $feeder; undef $feeder }
        }
        for my $kind (grep { vec $can_read, fileno $from{$_}, 1 } keys %from) {
            my $n = sysread $from{$kind}, (my $bytes), $size;
            if (!$n) { delete $from{$kind}; next }
            $count{$kind} += $n;
            frame("$mark $kind " . encode_base64($bytes));
        }
    }
    close $feeder if $feeder;
    my $told = join "", <$code>;
    waitpid $pid, 0;
    my $exit = $? & 127 ? 1 : $told eq "" ? $? >> 8 : $told;
    frame("$mark x $exit $count{o} $count{e}");
}

# What each command starts with: its script is the first line of its standard input.
sub command_entrance {
    my $text = "";
    while (sysread STDIN, my $byte, 1) { last if ord $byte < 11; $text .= $byte }
    $text = decode_base64($text);
    utf8::decode($text);
    return script($text);
}

# Statements end with a line or a semicolon, outside quotes and brackets.
sub statements {
    my ($text) = @_;
    my @statements = ("");
    my $depth = 0;
    while ($text =~ /\G('[^']*'|"(?:[^"`]+|`.)*"|#[^\n]*|[({]|[)}]|[;\n]|.)/gs) {
        my $piece = $1;
        next if $piece =~ /^#/;
        $depth += $piece =~ /^[({]$/ ? 1 : $piece =~ /^[)}]$/ ? -1 : 0;
        if ($piece =~ /^[;\n]$/ && !$depth) { push @statements, "" }
        else { $statements[-1] .= $piece }
    }
    return map { s/^\s+|\s+$//gr } @statements;
}

sub failed { say_err($_[0]); $ok = 0; return undef }
sub shown { say_out($_[0]); $ok = 1; return undef }

my $path = qr/["'](?<path>[^"']*)["']/;

# One statement. Gives the exit code when the script ends with it.
sub statement {
    my ($text) = @_;
    return undef if $text eq "";
    if ($text eq 'if(!$?){if($LASTEXITCODE){exit $LASTEXITCODE};exit 1}') { return $ok ? undef : $last || 1 }
    if ($text =~ /^exit(?:\s+(-?\d+))?$/) { return signed($1 // 0) }
    if ($text =~ /^throw (.+)$/) { failed(value($1)); return 1 }
    if ($text =~ /^\$(\w+)\s*=\s*(.+)$/s) { $variables{lc $1} = value($2); $ok = 1; return undef }
    if ($text =~ /^Start-Sleep (?:-Seconds )?([\d.]+)$/i) { select undef, undef, undef, $1; $ok = 1; return undef }
    if ($text =~ /^(?:Write-Output|echo)\s+(.+)$/is) { return shown(value($1) // $1) }
    if ($text =~ /^\[Console\]::Error\.WriteLine\((.+)\)$/s) { say_err(value($1)); return undef }
    if ($text =~ /^\[Console\]::Out\.Write\((.+)\)$/s) { put(\*STDOUT, encoded(value($1))); return undef }
    if ($text =~ /^\$(\w+)\.Write\(\$(\w+),0,\$\2\.Length\)$/) { put(\*STDOUT, $variables{lc $2}); return undef }
    if ($text eq '[Console]::OpenStandardInput().CopyTo([Console]::OpenStandardOutput())') {
        while (sysread STDIN, my $bytes, 65536) { put(\*STDOUT, $bytes) }
        return undef;
    }
    if ($text =~ /^\(Test-Path -Path $path\)\.ToString\(\)$/) {
        return failed("Test-Path : Access is denied") if $+{path} =~ /\\sealed\\/i && shown("False") // 1;
        return shown(-e host_path($+{path}) ? "True" : "False");
    }
    if ($text =~ /^\(Get-ItemProperty -Path $path\)\.attributes\.ToString\(\)$/i) {
        my $file = host_path($+{path});
        return failed("Get-ItemProperty : Cannot find path '$+{path}' because it does not exist.") unless -e $file;
        return shown(-d $file ? "Directory" : "Archive");
    }
    if ($text =~ /^\(\(Get-Item $path\)\.Length\)$/) {
        my $file = host_path($+{path});
        return -e $file ? shown(-s $file) : failed("Get-Item : Cannot find path '$+{path}' because it does not exist.");
    }
    if ($text =~ /^Get-Acl $path \| select -expand Owner$/) {
        return failed("Get-Acl : Cannot find path '$+{path}' because it does not exist.") unless -e host_path($+{path});
        return shown('BUILTIN\Administrators');
    }
    if ($text =~ /^\[Convert\]::ToBase64String\(\[IO\.File\]::ReadAllBytes\($path\)\)$/) {
        open my $file, "<:raw", host_path($+{path}) or return failed("Exception calling \"ReadAllBytes\": Could not find file '$+{path}'.");
        local $/;
        return shown(encode_base64(<$file>));
    }
    if ($text =~ /^Get-Command $path$/) {
        return found($+{path}) ? shown($+{path}) : failed("Get-Command : The term '$+{path}' is not recognized as the name of a cmdlet.");
    }
    if (-f "$home/answers" and defined(my $answer = canned($text))) { return shown($answer) }
    if (defined(my $value = value($text))) { return shown($value) }
    my ($word, $rest) = $text =~ /^&?\s*("[^"]+"|'[^']+'|[^\s"']+)\s*(.*)$/s;
    my $name = found(($word // "") =~ tr/"'//dr);
    return failed("$word : The term '$word' is not recognized as the name of a cmdlet, function, script file, or operable program.") unless $name;
    return native($name, $rest);
}

# Texts that only a real PowerShell could answer: a file of `text<TAB>answer` lines.
sub canned {
    my ($text) = @_;
    open my $file, "<:utf8", "$home/answers" or return undef;
    while (<$file>) { chomp; my ($asked, $answer) = split /\t/; return $answer if $asked eq $text }
    return undef;
}

# A literal, a variable, or bytes; undefined for what is none of them.
sub value {
    my ($text) = @_;
    return $1 =~ s/''/'/gr if $text =~ /^'([^']*(?:''[^']*)*)'$/s;
    return expanded($1) if $text =~ /^"((?:[^"`]+|`.)*)"$/s;
    return $ENV{uc $1} // "" if $text =~ /^\$env:(\w+)$/i;
    return $variables{lc $1} if $text =~ /^\$(\w+)$/;
    return decode_base64($1) if $text =~ /^\[Convert\]::FromBase64String\('([^']*)'\)$/;
    return "the stream" if $text eq '[Console]::OpenStandardOutput()';
    return value($1) x $2 if $text =~ /^('.*')\s*\*\s*(\d+)$/s;
    return undef;
}

sub expanded {
    my ($text) = @_;
    my %escaped = (n => "\n", r => "\r", t => "\t", 0 => "\0");
    $text =~ s{`(.)|\$env:(\w+)|\$(\w+)}{defined $1 ? $escaped{$1} // $1 : defined $2 ? $ENV{uc $2} // "" : $variables{lc $3} // ""}ges;
    return $text;
}

# A program: its arguments as PowerShell 5.1 puts them together, its output as lines of text of the console's code page.
sub native {
    my ($name, $rest) = @_;
    return (failed("The ampersand (&) character is not allowed."), 1)[1] if $rest =~ s/'[^']*'|"[^"]*"//gr =~ /&/;
    my @arguments = map { value($_) // $_ } $rest =~ /('[^']*'|"(?:[^"`]+|`.)*"|[^\s"']+)/g;
    my $line = join " ", map { /\s/ ? "\"$_\"" : $_ } @arguments;
    pipe my $out, my $put;
    my $reader = fork;
    if (!$reader) {
        close $put;
        while (defined(my $text = <$out>)) { $text =~ s/\r?\n$//; put(\*STDOUT, encoded(decoded($text) . "\r\n")) }
        POSIX::_exit(0);
    }
    close $out;
    $last = run($name, $line, 1 => $put);
    close $put;
    waitpid $reader, 0;
    $ok = $last == 0;
    return undef;
}

# ---- files and programs ----------------------------------------------------------------------------------------------

# C:\ in any case of letters and with either slash.
sub host_path {
    my ($there) = @_;
    $there =~ s{^c:}{}i;
    my $here = "$home/c";
    for my $name (grep { $_ ne "" } split m{[\\/]+}, $there) {
        opendir my $folder, $here or return "$here/$name";
        my ($entry) = grep { lc eq lc $name } readdir $folder;
        $here .= "/" . ($entry // $name);
    }
    return $here;
}

sub program {
    my ($name, $rest) = @_;
    if ($name eq "taskkill.exe") { return taskkill($rest) }
    if ($name eq "ends.exe") { return signed($rest) }                    # ends.exe CODE
    if ($name eq "all-bytes.exe") { put(\*STDOUT, pack "C*", 0 .. 255); return 0 }
    if ($name eq "shows.exe") { say_out("[$rest]"); return 0 }    # its command line
    if ($name eq "systeminfo.exe") {
        say_out($_) for "", "Host Name:                 DOUBLE", "OS Name:                   Microsoft Windows Server 2022 Datacenter",
            "OS Version:                10.0.20348 N/A Build 20348";
        return 0;
    }
    return wmic($rest);
}

# It ends its lines with CR CR LF where its output is no console.
sub wmic {
    my ($asked) = @_;
    my %answers = (
        "/?" => "[global switches] <command>",
        "os get * /format:list" => "\r\r\nBuildNumber=20348\r\r\nCaption=Microsoft Windows Server 2022 Datacenter\r\r\nVersion=10.0.20348",
        "cpu get architecture /format:list" => "\r\r\nArchitecture=9",
        "csproduct get UUID /value" => "\r\r\nUUID=EC20EBD7-8E03-06A8-645F-2D22E5A3BA4B",
    );
    my $answer = $answers{$asked =~ s/"//gr};
    if (!defined $answer) { say_err("Invalid alias verb."); return -2147217385 }
    put(\*STDOUT, "$answer\r\r\n");
    return 0;
}

sub taskkill {
    my ($pid) = $_[0] =~ m{/PID (\d+)};
    if (!defined $pid || !kill 0, $pid) { say_err("ERROR: The process \"$pid\" not found."); return 128 }
    my %parent;
    for my $stat (glob "/proc/[0-9]*/stat") {
        open my $file, "<", $stat or next;
        $parent{$1} = $2 if (<$file> // "") =~ /^(\d+) \(.*\) \S (\d+)/;
    }
    my @all = ($pid);
    for (my $at = 0; $at < @all; $at++) { push @all, grep { $parent{$_} == $all[$at] && $_ != $$ } keys %parent }
    kill "KILL", @all;
    say_out("SUCCESS: The process with PID $_ has been terminated.") for @all;
    return 0;
}

leave($self =~ /^cmd\.exe$/ ? cmd($line) : $self =~ /^(?:powershell|pwsh)\.exe$/ ? powershell($line) : program($self, $line));
